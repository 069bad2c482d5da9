"""The command `duebook explain`: what is asked, of which publication, and how the answer is written.

Here: options, JSON. Not here: settings (duebook/settings.py), the answer (explain/answer.py).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from math import fsum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from cli.arguments import AsJson, WrongSettingError, print_json, takes_settings
from cli.audited import log
from cli.exit_codes import CommandError, ExitCode
from cli.explain_invoice import run_invoice
from duebook.audit import Event
from duebook.publication.causes import CAUSES
from duebook.publication.reader import Published, UnreadableError, reading
from duebook.settings import Settings
from explain.answer import DoesNotAddUpError, Explanation, explain
from explain.question import PORTFOLIO, WrongQuestionError, find_question
from explain.terminal import print_explanation

COMMAND = "explain"
TOP = 10
# A publication without it is of a Duebook from before.
NEWEST_MART = "open_item_measures_monthly"
WIDTH_WITHOUT_TERMINAL = 120


@takes_settings("home")
def run(
    settings: Settings,
    kpi: Annotated[str, typer.Option(help="The KPI's id, such as dso, cei, delinquency_rate_amount.")] = "",
    month: Annotated[str | None, typer.Option(help="YYYY-MM; default: the last month that is over.")] = None,
    level: Annotated[
        str,
        typer.Option(
            help="portfolio, company:X, segment:Y, company_segment:X/Y, team:T, employee:E, customer:C, or a declared "
            "dimension, as in salesperson:Anna."
        ),
    ] = PORTFOLIO,
    customer: Annotated[str | None, typer.Option(help="List the open items of this customer only.")] = None,
    invoice: Annotated[
        str | None, typer.Option(help="Instead of a KPI: this invoice's forecast, and what is known of it.")
    ] = None,
    top: Annotated[int, typer.Option(min=0, help="How many customers and open items are named.")] = TOP,
    format: Annotated[Literal["text", "json"], typer.Option(help="json is the same as --json.")] = "text",
    as_of: Annotated[str | None, typer.Option(help="Of the publication of a past day, YYYY-MM-DD.")] = None,
    as_json: AsJson = False,
) -> None:
    """The formula with its numbers put in, the customers and open items that make it up, and why it moved since the
    month before. Of an invoice: when it is expected to be paid and why, its ledger, contacts, promises and disputes.
    """
    as_json = as_json or format == "json"
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH_WITHOUT_TERMINAL
    if invoice:
        _refuse_beside_invoice({"kpi": kpi, "month": month, "level": level != PORTFOLIO, "customer": customer})
        found = run_invoice(_publication(settings, _day(as_of)), invoice, console, as_json=as_json)
        log(settings, Event.EXPLAINED, COMMAND, f"invoice {found}")
        return
    try:
        with _open(_publication(settings, _day(as_of))) as published:
            question = find_question(published, kpi, month, level)
            explanation = explain(published, question, customer)
    except WrongQuestionError as wrong:
        raise CommandError(wrong, ExitCode.USAGE) from None
    except (UnreadableError, DoesNotAddUpError) as error:
        raise CommandError(error) from None
    if as_json:
        print_json(document(explanation, top))
    else:
        print_explanation(console, explanation, top, customer)
    log(settings, Event.EXPLAINED, COMMAND, subject(explanation, customer))


def subject(explanation: Explanation, customer: str | None) -> str:
    """Return what the audit log says was explained.

    Args:
        explanation: of a figure.
        customer: whose open items were listed, if one's were.
    """
    of_one = f", customer {customer}" if customer and explanation.customers else ""
    return f"{explanation.kpi_id} {explanation.month_end:%Y-%m}, {explanation.level}{of_one}"


def document(explanation: Explanation, top: int) -> dict[str, Any]:
    """Return what JSON has of an explanation: its fields, lists cut to the largest, and what the others add up to.

    Numbers are those of the marts; amounts become strings, so that none of their digits is lost.

    Args:
        explanation: what to write.
        top: how many customers and open items are listed.
    """
    answer = asdict(explanation)
    for name in ("customers", "open_items"):
        if answer[name] is not None:
            others = answer[name][top:]
            answer[name] = answer[name][:top]
            answer[f"other_{name}"] = {
                "count": len(others),
                "numerator": fsum(one["numerator"] for one in others),
                "contribution": None if explanation.value is None else fsum(one["contribution"] for one in others),
            }
    return answer


def _refuse_beside_invoice(given: Mapping[str, Any]) -> None:
    if wrong := [f"--{name}" for name, value in given.items() if value]:
        raise CommandError(f"--invoice asks about one invoice: leave out {', '.join(wrong)}.", ExitCode.USAGE)


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise WrongSettingError(f"--as-of is {value!r}: expected a day as YYYY-MM-DD.") from None


def _publication(settings: Settings, as_of: date | None) -> Path:
    current = settings.published_file
    if not current.exists():
        raise CommandError(f"Nothing is published in {settings.home} yet: run `make refresh` first.")
    past = settings.past_published_dir(as_of) / current.name if as_of else current
    if past.exists():
        return past
    with _open(current) as published:
        [(day,)] = published.rows("select max(date_day) from {marts}.receivables_daily")
    if day == as_of:
        return current
    raise CommandError(
        f"There is no publication of {as_of}; the current one is of {day}. `make refresh AS_OF={as_of}` makes one."
    )


@contextmanager
def _open(file: Path) -> Iterator[Published]:
    with reading(file) as published:
        causes = published.rows("select column_name from duckdb_columns() where table_name = 'kpi_changes_monthly'")
        if not {(cause,) for cause in CAUSES} <= set(causes) or not published.has(NEWEST_MART):
            said = f"{file} was published by an earlier version of Duebook: run `make refresh` once."
            raise CommandError(said)
        yield published

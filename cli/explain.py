"""The command: what is asked, of which publication, and how the answer is written.

Here: options, exit codes, JSON. Not here: settings (duebook/settings.py), the answer (explain/answer.py).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from math import fsum
from pathlib import Path

import duckdb
from pydantic import ValidationError
from rich.console import Console

from cli.arguments import WrongSettingError, refuse_unknown_settings
from duebook.publication.reader import UnreadableError, reading
from duebook.settings import Settings
from explain.answer import DoesNotAddUpError, Explanation, explain
from explain.changes import CAUSES
from explain.question import PORTFOLIO, WrongQuestionError, find_question
from explain.terminal import print_explanation

EXPLAINED, CONTRADICTION, WRONG_QUESTION = 0, 1, 2
EXIT_CODES = (
    "Exit codes: 0 explained; 1 the publication can't be read or contradicts itself; 2 nothing like that is in it."
)
TOP = 10
WIDTH_WITHOUT_TERMINAL = 120


class NoPublicationError(RuntimeError):
    """There is no publication that could be read; the message says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Explain one published figure.

    Args:
        arguments: the command line without the program's name; None: this process's.

    Returns:
        The exit code; EXIT_CODES says what each means.
    """
    asked = _parser().parse_args(arguments)
    try:
        with _open(_publication(asked)) as published:
            question = find_question(published, asked.kpi, asked.month, asked.level)
            explanation = explain(published, question, asked.customer)
    except WrongQuestionError as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_QUESTION
    except (NoPublicationError, UnreadableError, DoesNotAddUpError) as error:
        print(error, file=sys.stderr)
        return CONTRADICTION
    if asked.format == "json":
        print(as_json(explanation, asked.top))
    else:
        console = Console(highlight=False)
        if not console.is_terminal:
            console.width = WIDTH_WITHOUT_TERMINAL
        print_explanation(console, explanation, asked.top, asked.customer)
    return EXPLAINED


def as_json(explanation: Explanation, top: int) -> str:
    """Write an explanation as JSON: its fields, lists cut to the largest, and what the others add up to.

    Numbers are those of the marts; amounts are strings, so that none of their digits is lost.

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
    return json.dumps(answer, indent=2, default=str)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="duebook explain",
        description="Explain one published KPI: its formula with the numbers put in, the customers and open items that"
        " make it up, and why it moved since the month before.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--kpi", default="", help="the KPI's id, such as dso, cei, delinquency_rate_amount")
    parser.add_argument("--month", help="YYYY-MM; the last month that is over unless told otherwise")
    parser.add_argument(
        "--level",
        default=PORTFOLIO,
        help="portfolio (default), company:X, segment:Y, company_segment:X/Y, team:T or employee:E",
    )
    parser.add_argument("--customer", help="list the open items of this customer only")
    parser.add_argument("--top", type=_count, default=TOP, help=f"how many customers and items are named ({TOP})")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="text (default) or json")
    parser.add_argument("--home", type=Path, help="the home that was refreshed [DUEBOOK_HOME]")
    parser.add_argument("--as-of", type=date.fromisoformat, help="of the publication of a past day, YYYY-MM-DD")
    return parser


def _count(value: str) -> int:
    if not value.isdecimal():
        raise argparse.ArgumentTypeError(f"{value!r} is no number of customers")
    return int(value)


def _publication(asked: argparse.Namespace) -> Path:
    try:
        refuse_unknown_settings()
        settings = Settings(**({"home": asked.home} if asked.home else {}))
    except (ValidationError, WrongSettingError) as error:
        raise NoPublicationError(str(error)) from None
    current = settings.published_file
    if not current.exists():
        raise NoPublicationError(f"Nothing is published in {settings.home} yet: run `make refresh` first.")
    past = settings.past_published_dir(asked.as_of) / current.name if asked.as_of else current
    if past.exists():
        return past
    with _open(current) as published:
        [(day,)] = published.execute("select max(date_day) from marts.receivables_daily").fetchall()
    if day == asked.as_of:
        return current
    raise NoPublicationError(
        f"There is no publication of {asked.as_of}; the current one is of {day}."
        f" `make refresh AS_OF={asked.as_of}` makes one."
    )


@contextmanager
def _open(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with reading(file) as published:
        causes = published.rows("select column_name from duckdb_columns() where table_name = 'kpi_changes_monthly'")
        if not {(cause,) for cause in CAUSES} <= set(causes):
            said = f"{file} was published by an earlier version of Duebook: run `make refresh` once."
            raise NoPublicationError(said)
        yield published.connection

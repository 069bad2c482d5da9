"""The command `duebook statement`: a customer's statement of account, or a folder with those of a segment.

Here: options, JSON. Not here: what a statement has, and how it looks (statements/).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from cli.arguments import AsJson, WrongSettingError, print_json, takes_settings, teller
from cli.audited import log
from cli.exit_codes import CommandError, ExitCode
from duebook.audit import Event
from duebook.publication.reader import Published, UnreadableError, reading
from duebook.settings import Settings
from duebook.words import counted
from statements.answer import read_statements
from statements.files import NotEmptyError, refuse_what_is_there, write_all, write_one
from statements.names import personal_texts
from statements.question import Period, WrongQuestionError, customers_of, find_customer, find_period
from statements.terminal import print_statement
from statements.words import as_text

COMMAND = "statement"
WIDTH_WITHOUT_TERMINAL = 160
# What is read of them is not in publications of an older Duebook.
LEDGER, EVENT_TYPES = "fct_receivables_ledger", "dim_event_types"


@takes_settings("home")
def run(
    settings: Settings,
    customer: Annotated[str | None, typer.Option(help="The customer's id.")] = None,
    segment: Annotated[
        str | None, typer.Option(help="Instead: all customers of this segment, or `all`, one file each.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="First day; default: the first of the last day's month.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help="Last day; default: the publication's as-of day.")
    ] = None,
    form: Annotated[
        Literal["balance-forward", "open-item"],
        typer.Option(help="Every movement with the balance after it, or what is open at the end."),
    ] = "balance-forward",
    output: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Write it as a page that prints: a new file or, of a segment, a new folder."),
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="json is the same as --json.")] = "text",
    as_json: AsJson = False,
) -> None:
    """A customer's account with each company and in each currency: what was owed before the period, what happened in
    it, what is open at its end, and how old that is.
    """
    as_json = as_json or format == "json"
    place = _place(output)
    if (customer is None) == (segment is None):
        raise WrongSettingError(
            "Name one customer with --customer (CUSTOMER=), or a segment with --segment (SEGMENT=)."
        )
    if segment is not None and place is None:
        raise WrongSettingError(
            "A segment is written as a folder, one file a customer: name it with --output (OUTPUT=)."
        )
    days = _day("--from", first), _day("--to", last)
    try:
        tell = teller(True)
        with reading(settings.published_file) as published, personal_texts(settings.published_dir, tell) as personal:
            _refuse_older(published, settings.published_file)
            period = find_period(published, *days)
            if segment is not None:
                number = _write_segment(published, personal, segment, period, form, place, as_json=as_json)
                log(settings, Event.EXPORTED, COMMAND, f"segment {segment}", {"statements": number})
            else:
                _write_customer(published, personal, customer, period, form, place, as_json=as_json)
                log(settings, Event.EXPORTED, COMMAND, f"customer {customer}")
    except (WrongQuestionError, NotEmptyError) as wrong:
        raise CommandError(wrong, ExitCode.USAGE) from None
    except UnreadableError as error:
        raise CommandError(error) from None


def _write_customer(
    published: Published,
    personal: Published | None,
    customer: str,
    period: Period,
    form: str,
    place: Path | None,
    *,
    as_json: bool,
) -> None:
    [statement] = read_statements(published, personal, [find_customer(published, customer)], period)
    file = None
    if place:
        with _writing(place):
            file = write_one(statement, form, place)
    if as_json:
        print_json(asdict(statement) | ({"file": file} if file else {}))
    elif file:
        print(as_text(f"Statement of {statement.customer_id}, {period.first} to {period.last}: {file}"))
    else:
        console = Console(highlight=False)
        if not console.is_terminal:
            console.width = WIDTH_WITHOUT_TERMINAL
        print_statement(console, statement, form)


def _write_segment(
    published: Published,
    personal: Published | None,
    segment: str,
    period: Period,
    form: str,
    folder: Path,
    *,
    as_json: bool,
) -> int:
    """Write them; return how many there are."""
    customers = customers_of(published, segment)
    refuse_what_is_there(folder)
    tell = teller(as_json)
    tell(f"Writing statements of {counted(len(customers), 'customer')}, {period.first} to {period.last} ...")
    with _writing(folder):
        written, empty = write_all(
            read_statements(published, personal, customers, period),
            form,
            folder,
            lambda done: tell(f"{done:,} of {len(customers):,} customers done."),
        )
    if as_json:
        print_json({"folder": folder, "statements": [asdict(one) for one in written], "without_anything": empty})
        return len(written)
    tell(f"{counted(len(written), 'statement')} in {folder}, for this account alone: they name customers.")
    if empty:
        tell(f"{counted(empty, 'customer')} had neither a balance nor movements: no file.")
    return len(written)


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except NotEmptyError:
        raise
    except OSError as error:
        raise CommandError(f"{error.filename or place}: {error.strerror or error}. Nothing was written.") from None


def _refuse_older(published: Published, file: Path) -> None:
    if not (published.has(LEDGER, "change_type") and published.has(EVENT_TYPES, "is_undoing", "movement")):
        raise CommandError(f"{file} was published by an earlier version of Duebook: run `make refresh` once.")


def _place(output: str | None) -> Path | None:
    if output is None:
        return None
    if not output.strip():
        raise WrongSettingError("--output is empty: name a file or a folder, or leave the option out.")
    return Path(output).expanduser().resolve()


def _day(option: str, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise WrongSettingError(f"{option} is {value!r}: expected a day as YYYY-MM-DD.") from None

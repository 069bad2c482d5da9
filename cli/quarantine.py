"""The command `duebook quarantine`: what is held back, by rule; what waits for what; rows to correct as a file.

Here: options, tables, JSON. Not here: reading publication and landing database (duebook/publication/quarantine.py).
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from cli.arguments import AsJson, WrongSettingError, print_json, takes_settings, teller
from cli.audited import log
from cli.exit_codes import CommandError, ExitCode
from duebook.audit import Event
from duebook.contract import read_contract
from duebook.database_files import DamagedFileError, FileInUseError
from duebook.encryption import EncryptionError
from duebook.publication.quarantine import (
    Asked,
    Held,
    ToCorrect,
    Waiting,
    read_held,
    read_to_correct,
    read_waiting,
    write_to_correct,
)
from duebook.publication.reader import Published, UnreadableError, reading
from duebook.publication.record import read_publication
from duebook.settings import Settings
from duebook.spelling import answer
from duebook.words import counted

WIDTH_WITHOUT_TERMINAL = 160
# Of what waits, a terminal shows so many; JSON has all.
MOST_SHOWN = 100


@takes_settings("home", "landing")
def run(
    settings: Settings,
    table: Annotated[str | None, typer.Option(help="Only rows of this table, such as invoices.")] = None,
    rule: Annotated[
        str | None, typer.Option(help="Only of rules with these words, such as currency; the column counts, too.")
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="List what waits for something else to land, for what, since when.")
    ] = False,
    write: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the rows of one table, as landed, to this new CSV file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Rows of the landing that are in no figure, as of the last publication: by table and rule, how many, since when.
    A file written by --write is for who may read the landing: correct it, and land it again.
    """
    asked = Asked(_table(table), rule)
    publication = read_publication(settings.published_dir)
    try:
        with reading(settings.published_file) as published:
            if publication is None:
                raise UnreadableError(f"{settings.published_dir} has no record of a publication: run `make refresh`")
            day = publication.published_at.date()
            held = read_held(published, day, asked)
            waits = read_waiting(published, day, asked) if waiting else None
            written = _write(published, settings, asked, held, write) if write is not None and held else None
    except (UnreadableError, DamagedFileError) as error:
        raise CommandError(error) from None
    except FileInUseError as busy:
        raise CommandError(f"The landing database can't be read now: {busy}", ExitCode.BUSY) from None
    if written:
        _, found = written
        log(settings, Event.EXPORTED, "quarantine", found.table.name, {"rows": len(found.rows)})
    if as_json:
        print_json(_document(publication.published_at, held, waits, written))
        return
    tell = teller(as_json)
    if not held:
        tell("No row is held back." if asked == Asked() else "No row like that is held back.")
    elif waits is not None:
        _print_waiting(waits)
    else:
        _print_held(held)
    if written:
        place, found = written
        tell(
            f"{counted(len(found.rows), 'row')} of {found.table.name} written to {place}, as landed. Correct them, and"
            f" put the file into {found.table.domain}/{found.table.name}/ of the landing, under a new name; the last"
            " column says why they are held back, and may stay."
        )
        if found.erased:
            tell(f"{_erased(found)}.")
        if found.as_read:
            are = "is" if found.as_read == 1 else "are"
            tell(
                f"{counted(found.as_read, 'row')} of them {are} of files that {settings.landing} no longer has as they"
                " were loaded: numbers and times are written as they were read."
            )


def _table(name: str | None) -> str | None:
    tables = [table.name for table in read_contract().tables]
    if name is not None and name not in tables:
        raise WrongSettingError(answer(name, tables, "table of the contract"))
    return name


def _write(
    published: Published, settings: Settings, asked: Asked, held: Sequence[Held], name: str
) -> tuple[Path, ToCorrect]:
    """Write the rows of the one table there is, and say where."""
    if not name.strip():
        raise WrongSettingError("--write is empty: name a file, or leave the option out.")
    file = Path(name).expanduser().resolve()
    tables = sorted({one.table for one in held})
    if len(tables) > 1:
        said = f"A file has rows of one table, and there are those of {', '.join(tables)}: choose with --table."
        raise WrongSettingError(said)
    try:
        found = read_to_correct(published, settings, Asked(tables[0], asked.rule))
        if found.erased and not found.rows:
            raise CommandError(f"{_erased(found)}. No file was written: no other row is held back.")
        if not found.rows:
            said = f"{settings.landed_file} no longer has the rows that were published: run `make refresh`."
            raise CommandError(said)
        write_to_correct(found, file)
    except FileExistsError:
        raise WrongSettingError(f"{file} is there already, and may be corrected in part: name another file.") from None
    except duckdb.Error as error:
        raise CommandError(f"{settings.landed_file} can't be read: {str(error).splitlines()[0]}") from None
    except EncryptionError:
        raise
    except OSError as error:
        raise CommandError(f"{error.filename or file}: {error.strerror or error}. No file was written.") from None
    return file, found


def _erased(found: ToCorrect) -> str:
    are = "is" if found.erased == 1 else "are"
    rows = counted(found.erased, "row")
    return f"{rows} {are} left out: of persons who were erased there is nothing left to correct"


def _document(
    published_at: object, held: Sequence[Held], waits: Sequence[Waiting] | None, written: tuple[Path, ToCorrect] | None
) -> dict[str, Any]:
    document: dict[str, Any] = {"published_at": published_at, "held_back": [asdict(one) for one in held]}
    if waits is not None:
        document["waiting"] = [asdict(one) for one in waits]
    if written:
        file, found = written
        document["written"] = {"file": file, "table": found.table.name, "rows": len(found.rows)}
        document["written"] |= {"as_read": found.as_read, "erased": found.erased}
    return document


def _print_held(held: Sequence[Held]) -> None:
    rows = [(one.table, one.column, one.rule, one.rows, one.since, one.days) for one in held]
    _print("Held back, until a good row lands", ("Table", "Column", "Rule"), rows)


def _print_waiting(waits: Sequence[Waiting]) -> None:
    rows = [
        (one.table, one.column, f"{one.waits_for} {one.key}" if one.key else one.reason, one.rows, one.since, one.days)
        for one in waits[:MOST_SHOWN]
    ]
    more = len(waits) - len(rows)
    _print("Waiting for something else to land", ("Table", "Column", "Waits for"), rows)
    if more:
        print(f"and {more:,} more: --json lists all of them")


def _print(title: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = WIDTH_WITHOUT_TERMINAL
    shown = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in columns:
        shown.add_column(column, overflow="fold")
    for column in ("Rows", "Since", "Days"):
        shown.add_column(column, justify="right", no_wrap=True)
    for *texts, number, since, days in rows:
        shown.add_row(*map(str, texts), f"{number:,}", str(since), f"{days:,}")
    console.print(shown)

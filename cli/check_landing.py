"""The command `duebook check-landing`: everything that is wrong with a landing, without loading it.

Here: every file is read and checked as a load would, also those loaded before, and words that reference data has to
know are looked up. Not here: what makes a row good (duebook/landing), and what can only be seen once rows have come
together (the gates, expectations/).
"""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from cli.arguments import AsJson, print_json, takes_settings, teller
from cli.exit_codes import ExitCode
from duebook.adapters.rates import ended_lines, lacking_lines, rates_of_landing
from duebook.contract import MASK, Contract, Table, read_contract
from duebook.encryption import EncryptionError
from duebook.landing.arrivals import arrivals
from duebook.landing.checking import CheckedFile
from duebook.landing.current import current_rows
from duebook.landing.faults import (
    MOST_FILES_SHOWN,
    CheckedFiles,
    check_files,
    table_lines,
    unreadable_lines,
    write_all,
)
from duebook.landing.files import IgnoredFile, LandingError, Survey, survey
from duebook.landing.listing import shown
from duebook.landing.registry import read_held
from duebook.landing.unpacking import Limits
from duebook.reference import OUTCOMES, Codes, ReferenceDataError, check_home_files, codes
from duebook.settings import Settings
from duebook.sql_text import identifier, literal
from duebook.words import counted

# What a check may hold in memory; beyond that it writes to disk.
MEMORY = "1GB"


@dataclass(frozen=True)
class UnknownWord:
    """A word of a landed column that a reference file doesn't have, in rows that no later version has replaced.

    `word` is masked where the column is free text: the row named shows it.
    """

    table: str
    column: str
    word: str
    rows: int
    file: str
    row: int
    reference: str

    @property
    def reason(self) -> str:
        """What to do about it."""
        rows = f"{self.rows:,} rows, this the first" if self.rows > 1 else "1 row"
        return f"Expected a word of {self.reference} ({rows}): add it there, or fix it at the source."


@dataclass(frozen=True)
class Checked:
    """What is wrong with a landing.

    Attributes:
        problems: what was told of it, a line each; none where nothing is wrong.
        files: how many files of tables were read, or tried to.
        unreadable_files: how many of them can't be read.
        bad_rows: how many rows can't be used.
        unknown_words: how many words the reference seeds don't have.
        ignored_files: how many files are of no table.
        list: where everything is listed, if there is something to list.
    """

    problems: list[str]
    files: int
    unreadable_files: int
    bad_rows: int
    unknown_words: int
    ignored_files: int
    list: Path | None = None


@takes_settings("landing", "home", "max_bad_share", reads_landing=True)
def run(settings: Settings, as_json: AsJson = False) -> ExitCode:
    """Listed are files that can't be read, rows that can't be used, words that the reference data doesn't have, and
    files that are ignored. The first of it is printed; all of it is written to
    <home>/logs/<time>_as_of_<day>.bad_rows.csv.
    """
    checked = check_landing(settings, teller(as_json))
    if as_json:
        print_json(asdict(checked))
    return ExitCode.FAILED if checked.problems else ExitCode.DONE


def check_landing(settings: Settings, tell: Callable[[str], None], *, is_whole: bool = True) -> Checked:
    """Check every file of a landing; nothing is loaded, and no home is needed.

    Args:
        settings: where the landing is, and the home whose ``logs`` gets the list.
        tell: gets every line for the person.
        is_whole: it has all tables there will be; otherwise, others may be landed beside them.
    """
    started = time.monotonic()
    try:
        check_home_files(settings)
    except ReferenceDataError as error:
        tell(str(error))
        return Checked(str(error).splitlines(), 0, 0, 0, 0, 0)
    landing = _surveyed(settings, read_contract(), tell, is_whole=is_whole)
    with _staging() as (con, work):
        found = check_files(con, enumerate(landing.files, start=1), work, tell, settings)
        words = [word for of_table in found.checked.values() for word in unknown_words(con, of_table, settings)]
        lines = [*landing.faults, *unreadable_lines(found)]
        known = _known(settings, found, tell) if is_whole else frozenset()
        for of_table in found.checked.values():
            if any(file.rows_quarantined for file in of_table):
                lines += table_lines(con, of_table, settings.max_bad_share, known)
        lines += _word_lines(words)
        astray = sum(one.meant is not None for one in landing.ignored)
        if astray:
            look = "file that is ignored looks like a file" if astray == 1 else "files that are ignored look like files"
            lines.append(f"{astray:,} {look} of a table: the warnings say of which")
        for line in lines:
            tell(line)
        if is_whole:
            for line in _rate_lines(con, found.checked.values(), settings):
                tell(line)
        whole = None
        if found.unreadable or found.bad_rows or words or landing.ignored:
            whole = settings.logs_dir / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}_as_of_{settings.as_of}.bad_rows.csv"
            more = [(word.table, word.file, word.row, word.column, word.word, word.reason) for word in words]
            more += [_ignored_row(one) for one in landing.ignored]
            tell(write_all(con, found, whole, more))
        tell(
            f"{counted(len(landing.files), 'file')} checked in {time.monotonic() - started:.1f} s: "
            f"{len(found.unreadable):,} can't be read, {counted(found.bad_rows, 'row')} can't be used, "
            f"{counted(len(words), 'word')} {'is' if len(words) == 1 else 'are'} unknown; "
            f"{counted(len(landing.ignored), 'file')} ignored."
        )
        numbers = (len(landing.files), len(found.unreadable), found.bad_rows, len(words), len(landing.ignored))
    return Checked(lines, *numbers, whole if whole and whole.exists() else None)


def _known(settings: Settings, found: CheckedFiles, tell: Callable[[str], None]) -> frozenset[str]:
    """Name the files that a refresh has loaded, under this name or another: it counts bad rows among the others."""
    files = [file.file for of_table in found.checked.values() for file in of_table]
    try:
        new = arrivals(files, read_held(settings), Limits.of(settings)).new
    except (LandingError, EncryptionError, OSError) as error:
        tell(f"warning: all rows count as new, because what was loaded before can't be read: {error}")
        return frozenset()
    return frozenset(file.name for file in files) - {file.name for file in new}


def unknown_words(
    con: duckdb.DuckDBPyConnection, files: Sequence[CheckedFile], settings: Settings
) -> list[UnknownWord]:
    """The words of one table's good rows that their reference file doesn't have, the most used first.

    Args:
        con: connection to the staging database.
        files: all checked files of the table.
        settings: whose home's reference data counts.
    """
    if not files:
        return []
    table = files[0].file.table
    found: list[UnknownWord] = []
    for column, known in _referring(table, settings).items():
        words = ", ".join(map(literal, sorted(known.values)))
        word = identifier(column)
        rows = con.execute(
            f"select {word}, count(*), arg_min(source_file, place), min(place)[2] from ({current_rows(table)}) "
            f"where {word} not in ({words}) and is_deleted is not true group by 1 order by 2 desc, 1"
        ).fetchall()
        hides = any(one.is_hidden for one in table.columns if one.name == column)
        found += [UnknownWord(table.name, column, MASK if hides else text, *row, known.file) for text, *row in rows]
    return found


def _rate_lines(
    con: duckdb.DuckDBPyConnection, checked: Iterable[Sequence[CheckedFile]], settings: Settings
) -> Iterator[str]:
    """Say which currencies of documents have no exchange rate, or none that holds on the as-of day; what stops nothing
    here, because rates may be landed later and a refresh may be of another day.
    """
    standing = {
        files[0].file.table.name: f"(select * from ({current_rows(files[0].file.table)}) where is_deleted is not true)"
        for files in checked
        if files
    }
    rates = rates_of_landing(con, standing, settings)
    yield from lacking_lines(rates)
    yield from ended_lines(rates, settings, settings.as_of)


def _referring(table: Table, settings: Settings) -> Mapping[str, Codes]:
    """The columns whose words a reference file has to know, with the words it knows."""
    # Words of other lists that aren't known stop nothing: the mart schema_drift counts them.
    return {one.name: codes(*OUTCOMES, settings) for one in table.landed_columns if one.listed_in == OUTCOMES[0]}


def _word_lines(words: Sequence[UnknownWord]) -> list[str]:
    lines = [
        f"{word.table}.{word.column}: {_named(word.word)} is not in {word.reference} "
        f"({counted(word.rows, 'row')}, the first {word.file}, row {word.row})"
        for word in words[:MOST_FILES_SHOWN]
    ]
    more = len(words) - len(lines)
    return [*lines, f"and {counted(more, 'more word')}"] if more else lines


def _named(word: str) -> str:
    return "a word" if word == MASK else repr(word)


def _ignored_row(file: IgnoredFile) -> tuple[object, ...]:
    """A line of the list, in the columns of ``HEADER``; the table is the one it may be meant for."""
    return file.meant and file.meant.name, shown(file.name), "", "", "", f"Ignored: {file.advice}"


def _surveyed(settings: Settings, contract: Contract, tell: Callable[[str], None], *, is_whole: bool) -> Survey:
    """The landing's files and faults; where there is no landing, that it isn't there."""
    try:
        return survey(settings.landing, contract, tell, is_whole=is_whole)
    except LandingError as error:
        return Survey([], [str(error)], [])


@contextmanager
def _staging() -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database of its own outside the home, and its folder; both gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="duebook_check_") as work,
        duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": work}) as con,
    ):
        con.execute("set TimeZone = 'UTC'")
        yield con, Path(work)

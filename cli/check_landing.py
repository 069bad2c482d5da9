"""The command `duebook check-landing`: everything that is wrong with a landing, without loading it.

Here: every file is read and checked as a load would, also those loaded before, and words that reference seeds have to
know are looked up. Not here: what makes a row good (duebook/landing), and what can only be seen once rows have come
together (the gates, expectations/).
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from cli.arguments import PREFIX, WrongSettingError, read_settings, take_options
from duebook.contract import Contract, Table, read_contract
from duebook.landing.checking import CheckedFile
from duebook.landing.faults import (
    MOST_FILES_SHOWN,
    check_files,
    table_lines,
    unreadable_lines,
    write_all,
)
from duebook.landing.files import IgnoredFile, LandingError, Survey, survey
from duebook.landing.listing import shown
from duebook.landing.unpacking import Limits
from duebook.reference import codes
from duebook.settings import Settings
from duebook.sql_text import identifier, literal

FINE, FAULTY, WRONG_SETTING = 0, 1, 2
EXIT_CODES = "Exit codes: 0 nothing is wrong; 1 something is, and is listed; 2 wrong setting."
# What a check may hold in memory; beyond that it writes to disk.
MEMORY = "1GB"
OUTCOMES = ("activity_outcomes", "outcome")


@dataclass(frozen=True)
class UnknownWord:
    """A word of a landed column that a reference seed doesn't have, in rows that no later version has replaced."""

    table: str
    column: str
    word: str
    rows: int
    file: str
    row: int
    seed: str

    @property
    def reason(self) -> str:
        """What to do about it."""
        rows = f"{self.rows:,} rows, this the first" if self.rows > 1 else "1 row"
        return f"Expected a word of seeds/reference/{self.seed}.csv ({rows}): add it there, or fix it at the source."


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a landing and say what is wrong.

    Args:
        arguments: the command line without the program's name; None: this process's.

    Returns:
        The exit code, as ``EXIT_CODES`` says.
    """
    parser = argparse.ArgumentParser(
        prog="duebook check-landing",
        description="Read every file of a landing and list all that is wrong, without loading anything: files that "
        "can't be read, rows that can't be used, words that seeds/reference doesn't have, files that are ignored. The "
        "first of it is printed, all of it is written to <home>/logs/<time>_as_of_<day>.bad_rows.csv.",
        epilog=EXIT_CODES,
    )
    for name in ("landing", "home", "max_bad_share"):
        described = f"{Settings.model_fields[name].description} [{PREFIX}{name.upper()}]"
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="VALUE", help=described)
    options = vars(parser.parse_args(arguments))
    try:
        take_options(options)
        settings = read_settings([])
    except WrongSettingError as wrong:
        print(wrong)
        return WRONG_SETTING
    return check_landing(settings, print)


def check_landing(settings: Settings, tell: Callable[[str], None]) -> int:
    """Check every file of a landing; nothing is loaded, and no home is needed.

    Args:
        settings: where the landing is, and the home whose ``logs`` gets the list.
        tell: gets every line for the person.

    Returns:
        The exit code, as ``EXIT_CODES`` says.
    """
    started = time.monotonic()
    landing = _surveyed(settings, read_contract(), tell)
    with _staging() as (con, work):
        found = check_files(con, enumerate(landing.files, start=1), work, tell, Limits.of(settings))
        words = [word for of_table in found.checked.values() for word in unknown_words(con, of_table)]
        lines = [*landing.faults, *unreadable_lines(found)]
        for of_table in found.checked.values():
            if any(file.rows_quarantined for file in of_table):
                lines += table_lines(con, of_table, settings.max_bad_share)
        lines += _word_lines(words)
        astray = sum(one.meant is not None for one in landing.ignored)
        if astray:
            lines.append(f"{astray:,} files that are ignored look like files of a table: the warnings say of which")
        for line in lines:
            tell(line)
        if found.unreadable or found.bad_rows or words or landing.ignored:
            whole = settings.logs_dir / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}_as_of_{settings.as_of}.bad_rows.csv"
            more = [(word.table, word.file, word.row, word.column, word.word, word.reason) for word in words]
            more += [_ignored_row(one) for one in landing.ignored]
            tell(write_all(con, found, whole, more))
        counts = f"{len(found.unreadable):,} can't be read, {found.bad_rows:,} rows can't be used, {len(words):,} words"
        tell(
            f"{len(landing.files):,} files checked in {time.monotonic() - started:.1f} s: {counts} are unknown; "
            f"{len(landing.ignored):,} files ignored."
        )
    return FAULTY if lines else FINE


def unknown_words(con: duckdb.DuckDBPyConnection, files: Sequence[CheckedFile]) -> list[UnknownWord]:
    """The words of one table's good rows that their reference seed doesn't have, the most used first.

    Args:
        con: connection to the staging database.
        files: all checked files of the table.
    """
    if not files:
        return []
    table = files[0].file.table
    found: list[UnknownWord] = []
    for column, (seed, code) in _referring(table).items():
        known = ", ".join(map(literal, sorted(codes(seed, code))))
        word = identifier(column)
        rows = con.execute(
            f"select {word}, count(*), arg_min(source_file, place), min(place)[2] from ({_current(files)}) "
            f"where {word} not in ({known}) and is_deleted is not true group by 1 order by 2 desc, 1"
        ).fetchall()
        found += [UnknownWord(table.name, column, *row, seed) for row in rows]
    return found


def _referring(table: Table) -> Mapping[str, tuple[str, str]]:
    """The columns whose words a seed has to know, with the seed and its column."""
    return {"outcome": OUTCOMES} if table.name == "activities" else {}


def _current(files: Sequence[CheckedFile]) -> str:
    """SQL of the good rows that no later version has replaced, in the staging models' order of versions."""
    good = " union all by name ".join(
        f"select *, {literal(file.file.name)} as source_file, [{file.number}, rowid + 1] as place "
        f"from {file.relation} where problems is null"
        for file in files
    )
    key = ", ".join(map(identifier, files[0].file.table.key))
    learnt = "case when is_deleted then coalesce(recorded_at, current_localtimestamp()) end"
    version = f"coalesce(updated_at, {learnt}, timestamp '-infinity') desc, place desc"
    return f"select * from ({good}) qualify row_number() over (partition by {key} order by {version}) = 1"


def _word_lines(words: Sequence[UnknownWord]) -> list[str]:
    lines = [
        f"{word.table}.{word.column}: {word.word!r} is not in seeds/reference/{word.seed}.csv "
        f"({word.rows:,} rows, the first {word.file}, row {word.row})"
        for word in words[:MOST_FILES_SHOWN]
    ]
    more = len(words) - len(lines)
    return [*lines, f"and {more:,} more words"] if more else lines


def _ignored_row(file: IgnoredFile) -> tuple[object, ...]:
    """A line of the list, in the columns of ``HEADER``; the table is the one it may be meant for."""
    return file.meant and file.meant.name, shown(file.name), "", "", "", f"Ignored: {file.advice}"


def _surveyed(settings: Settings, contract: Contract, tell: Callable[[str], None]) -> Survey:
    """The landing's files and faults; where there is no landing, that it isn't there."""
    try:
        return survey(settings.landing, contract, tell)
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

"""Reports all faults of landed files at once: the first ones in a message, all of them in a CSV file.

Here: collecting, counting and formatting them; cells of personal columns and free text are never shown. Not here:
finding faults (``checking``, ``reading``), and what follows from them (``loading``, ``cli.check_landing``).
"""

import csv
import os
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import duckdb

from duebook.contract import MASK, Table
from duebook.landing.checking import CheckedFile, check_at_once, problems
from duebook.landing.files import LandedFile, LandingError
from duebook.settings import Settings
from duebook.words import counted

HEADER = ("table_name", "source_file", "source_row", "column_name", "value", "reason")
# The characters of numbers and dates. If a row's cells are shifted by a column, such a cell may hold a name instead.
_PLAIN = re.compile(r"[0-9 .,:+\-/()%eETZ]*")
# How many of each list a terminal shows; the file has all.
MOST_SHOWN, MOST_FILES_SHOWN = 5, 20
# After how many files of a table a line says so.
FILES_A_LINE = 1_000


@dataclass(frozen=True)
class CheckedFiles:
    """Checked files, by table, in the order given; and the files that can't be read, each with the reason."""

    checked: Mapping[str, tuple[CheckedFile, ...]]
    unreadable: Sequence[tuple[LandedFile, str]] = field(default_factory=tuple)

    @property
    def bad_rows(self) -> int:
        """Rows that can't be used."""
        return sum(file.rows_quarantined for files in self.checked.values() for file in files)


def check_files(
    con: duckdb.DuckDBPyConnection,
    files: Iterable[tuple[int, LandedFile]],
    work: Path,
    log: Callable[[str], None],
    settings: Settings,
) -> CheckedFiles:
    """Read and check files, several at once; if one can't be read, the others are checked all the same.

    Args:
        con: connection to the staging database.
        files: each with its place in the order of loading.
        work: folder for temporary copies.
        log: gets a line for every table, one for every thousand files of it, and warnings.
        settings: how many files at once, how large one may be, and whose reference data say which currencies there are.
    """
    numbered: dict[str, list[tuple[int, LandedFile]]] = {}
    for number, file in files:
        numbered.setdefault(file.table.name, []).append((number, file))
    checked: dict[str, tuple[CheckedFile, ...]] = {}
    unreadable: list[tuple[LandedFile, str]] = []
    by_table = [one for of_table in numbered.values() for one in of_table]
    with closing(check_at_once(con, by_table, work, settings)) as results:
        for name, of_table in groupby(results, key=lambda result: result[0].table.name):
            found: list[tuple[LandedFile, CheckedFile | LandingError]] = []
            for one in of_table:
                found.append(one)
                if not len(found) % FILES_A_LINE and len(found) < len(numbered[name]):
                    log(f"{name}: {len(found):,} of {len(numbered[name]):,} files read")
            unreadable += [(file, str(result)) for file, result in found if isinstance(result, LandingError)]
            good = tuple(result for _, result in found if isinstance(result, CheckedFile))
            for file in good:
                for landed, meant in file.misspelt.items():
                    log(f"warning: {file.file.name}: the contract has no column {landed!r}: did you mean {meant}?")
            checked[name] = good
            rows, bad = sum(file.rows_read for file in good), sum(file.rows_quarantined for file in good)
            log(f"{name}: {counted(rows, 'row')} in {counted(len(found), 'file')}, {bad:,} of them to quarantine")
    return CheckedFiles(checked, unreadable)


def unreadable_lines(found: CheckedFiles) -> list[str]:
    """Return a line for each of the first files that can't be read, and how many more there are."""
    lines = [words for _, words in found.unreadable[:MOST_FILES_SHOWN]]
    more = len(found.unreadable) - len(lines)
    return [*lines, f"and {counted(more, 'more file')} that can't be read"] if more else lines


def bad_share(con: duckdb.DuckDBPyConnection, files: Sequence[CheckedFile], allowed: float) -> list[str]:
    """Return why one table's files can't be loaded: too many of their rows are bad.

    Returns:
        No line if the share is allowed; else lines with the table, count, share and limit, every kind of problem
        with its count, and the first few rows.
    """
    read, bad = sum(file.rows_read for file in files), sum(file.rows_quarantined for file in files)
    return table_lines(con, files, allowed) if bad > allowed * read else []


def table_lines(
    con: duckdb.DuckDBPyConnection, files: Sequence[CheckedFile], allowed: float, known: Container[str] = ()
) -> list[str]:
    """Return what is wrong with one table's rows: how many, every kind of problem with its count, the first rows.

    Args:
        con: connection to the staging database.
        files: all checked files of the table.
        allowed: the share of rows that may be bad in what a refresh loads.
        known: the names of files that a refresh doesn't load, since it has loaded them.
    """
    table = files[0].file.table
    gathered = _gather(con, table)
    kinds = con.execute(
        f"select column_name, reason, count(*) from {gathered} group by all order by 3 desc, 1, 2"
    ).fetchall()
    first = con.execute(f"{_ordered(gathered)} limit {MOST_SHOWN}").fetchall()
    return [
        f"{table.name}: {_shares(files, allowed, known)}. The problems:",
        *(f"  {count:,} x {column}: {why}" for column, why, count in kinds),
        "The first rows:",
        *(
            f"  {file}, row {row}, {column}: {_shown(table, column, value)}. {why}"
            for file, row, column, value, why in first
        ),
    ]


def _shares(files: Sequence[CheckedFile], allowed: float, known: Container[str]) -> str:
    """Say how many new rows are bad and what a refresh does then, and how many of those that it has loaded before."""
    old = [file for file in files if file.file.name in known]
    new = [file for file in files if file.file.name not in known]
    said = []
    if bad := sum(file.rows_quarantined for file in new):
        read = sum(file.rows_read for file in new)
        loads = "nothing" if bad > allowed * read else "the others"
        said.append(
            f"{bad:,} of {read:,} new rows can't be used ({bad / read:.1%}; DUEBOOK_MAX_BAD_SHARE allows "
            f"{allowed:.1%}, so a refresh loads {loads})"
        )
    if bad := sum(file.rows_quarantined for file in old):
        read = sum(file.rows_read for file in old)
        said.append(f"{bad:,} of {read:,} rows loaded before can't be used (a refresh doesn't count them again)")
    return "; ".join(said)


def write_all(
    con: duckdb.DuckDBPyConnection, found: CheckedFiles, path: Path, more: Iterable[Sequence[object]] = ()
) -> str:
    """Write all problems as CSV, one line for each; only its owner and group may read the file.

    Args:
        con: connection to the staging database.
        found: the files.
        path: the file to write; its folder is made.
        more: further lines, in the columns of ``HEADER``.

    Returns:
        A sentence: where the file is, or why it could not be written.
    """
    try:
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        # The rights are set when the file is created, before there is anything in it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            lines = csv.writer(stream)
            lines.writerow(HEADER)
            lines.writerows((file.table.name, file.name, "", "", "", words) for file, words in found.unreadable)
            for files in found.checked.values():
                if any(file.rows_quarantined for file in files):
                    lines.writerows(_every_problem(con, files))
            lines.writerows(more)
    except OSError as error:
        return f"The list of all problems can't be written to {path}: {error.strerror}"
    return f"All problems are listed in {path}"


def _every_problem(con: duckdb.DuckDBPyConnection, files: Sequence[CheckedFile]) -> Iterator[tuple[object, ...]]:
    table = files[0].file.table
    rows = con.execute(_ordered(_gather(con, table)))
    while part := rows.fetchmany(10_000):
        yield from (
            (table.name, *place, column, _masked(table, column, value), why) for *place, column, value, why in part
        )


def _gather(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """Put the problems of one table's files into a temporary table, and return its name."""
    kept = "select source_file, source_file_number, source_row, column_name, value, reason"
    con.execute(f"create or replace temp table gathered as {kept} from ({problems(table)})")
    return "gathered"


def _ordered(gathered: str) -> str:
    return (
        f"select source_file, source_row, column_name, value, reason from {gathered} "
        "order by source_file_number, source_row, column_name"
    )


def _shown(table: Table, column: str, value: str | None) -> str:
    masked = _masked(table, column, value)
    return "(empty)" if masked is None else masked if masked == MASK else repr(masked)


def _masked(table: Table, column: str, value: str | None) -> str | None:
    """Return the value, masked if it may not be shown: published, no cell of a row that can't be used is shown."""
    if value is None:
        return None
    known = next((known for known in table.columns if known.name == column), None)
    hides = known is None or known.is_hidden or (known.kind != "string" and not _PLAIN.fullmatch(value))
    return MASK if hides else value

"""Reads landed files into the staging database: their rows with typed values and their problems.

Not here: how a cell is checked (``cells``), how a file is opened (``reading``), where the rows are loaded (``source``).
"""

import errno
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import duckdb

from duebook.contract import Column, Table
from duebook.landing.cells import in_range, landed, reason, text, typed
from duebook.landing.files import Content, LandedFile, LandingError
from duebook.landing.opened import OpenedFile, known_columns
from duebook.landing.reading import NotEnoughMemoryError, opened, too_much_memory
from duebook.landing.unpacking import UNLIMITED, Limits, unpacked_hash
from duebook.reference import CURRENCIES, Codes, codes
from duebook.settings import Settings
from duebook.sql_text import identifier, literal

# The names of the files whose rows are in the staging database.
STAGED_FILES = "checked_files"
# Two threads can't create tables at the same moment.
_CREATES = Lock()


@dataclass(frozen=True)
class CheckedFile:
    """A file whose rows are in the staging database, among those of the other files of its table (``checked_rows``).

    ``misspelt`` has the contract's columns that the file has only in another spelling, by that spelling. ``columns``
    has the types its columns were landed with, by name: None where no cell says it; a file without rows, or with
    nothing but tombstones, says nothing of columns.
    """

    file: LandedFile
    number: int
    content_hash: str
    unpacked_hash: str
    rows_read: int
    rows_quarantined: int
    misspelt: Mapping[str, str]
    columns: Mapping[str, str | None]

    @property
    def contents(self) -> tuple[Content, ...]:
        """The hashes its content may be known by: unpacked and, for files loaded by version 0.1.0, as landed."""
        return tuple((self.file.table.name, self.file.kind, known) for known in (self.unpacked_hash, self.content_hash))

    @property
    def rows_loaded(self) -> int:
        """Rows without a problem."""
        return self.rows_read - self.rows_quarantined


def check_file(
    con: duckdb.DuckDBPyConnection,
    file: LandedFile,
    number: int,
    work: Path,
    limits: Limits = UNLIMITED,
    currencies: Codes | None = None,
) -> CheckedFile:
    """Read and check one file; its rows are added to those of its table, or if it is refused, none.

    Args:
        con: connection to the staging database, without a transaction; its time zone must be UTC.
        file: the file.
        number: its place in the order of loading.
        work: folder for temporary copies.
        limits: how large it may be.
        currencies: the codes of currencies there are; None: those of the checkout.

    Raises:
        LandingError: the file can't be parsed or lacks a required column (unless it holds nothing but tombstones).
    """
    _create_staged(con, file.table)
    with (
        _kept_if_accepted(con, file),
        TemporaryDirectory(dir=work) as own,
        opened(con, file, Path(own), limits) as source,
    ):
        content_hash = file.content_hash()
        unpacked = (file.is_packed and unpacked_hash(file, limits)) or content_hash
        missing = [name for name in file.table.required_columns if name not in source.columns]
        if source.columns and missing and ("is_deleted" not in source.columns or set(missing) & set(file.table.key)):
            raise _missing(source, missing)
        con.begin()
        con.execute(f"insert into {STAGED_FILES} values (?, ?)", [number, file.name])
        rows = _checked_rows(source, currencies or codes(*CURRENCIES))
        con.execute(f"insert into {staged(file.table)} select {number}, * from ({rows})")
        own_rows = f"{staged(file.table)} where source_file_number = {number}"
        alive = "not is_deleted is true" if "is_deleted" in source.columns else "true"
        rows_read, rows_alive, rows_quarantined = con.execute(
            f"select count(*), count(*) filter ({alive}), count(problems) from {own_rows}"
        ).fetchone()
        if missing and rows_alive:
            raise _missing(source, missing)
        columns = _landed_types(con, source, own_rows) if rows_alive else {}
    counts = (rows_read, rows_quarantined)
    return CheckedFile(file, number, content_hash, unpacked, *counts, source.misspelt, columns)


def check_at_once(
    con: duckdb.DuckDBPyConnection, files: Sequence[tuple[int, LandedFile]], work: Path, settings: Settings
) -> Iterator[tuple[LandedFile, CheckedFile | LandingError]]:
    """Check files, as many at once as the settings have threads; yield, in their order, what became of each.

    Args:
        con: connection to the staging database.
        files: each with its place in the order of loading.
        work: folder for temporary copies.
        settings: how many at once, how large a file may be, and whose reference data say which currencies there are.
    """
    limits, currencies = Limits.of(settings), codes(*CURRENCIES, settings)
    busy: set[duckdb.DuckDBPyConnection] = set()

    def check(number: int, file: LandedFile) -> CheckedFile | LandingError:
        # One for each file: where memory ends, what was begun can't always be taken back but by closing. It takes over
        # no setting of the connection's.
        cursor = con.cursor()
        busy.add(cursor)
        try:
            cursor.execute("set TimeZone = 'UTC'")
            return check_file(cursor, file, number, work, limits, currencies)
        except LandingError as error:
            return error
        finally:
            busy.discard(cursor)
            cursor.close()

    pool = ThreadPoolExecutor(settings.threads)
    try:
        begun = [pool.submit(check, number, file) for number, file in files]
        for (number, file), check_of_file in zip(files, begun, strict=True):
            found = check_of_file.result()
            if isinstance(found, NotEnoughMemoryError):
                # Others may have had their share of it: once more, alone.
                wait(begun)
                found = check(number, file)
            yield file, found
    finally:
        # Whoever interrupts a load doesn't wait for the files it has begun with.
        pool.shutdown(wait=False, cancel_futures=True)
        for cursor in tuple(busy):
            cursor.interrupt()
        pool.shutdown()


def staged(table: Table) -> str:
    """Return the staging database's table with the rows of all checked files of a table.

    One for all: a table for each file would take about a megabyte of memory, however few rows it has.
    """
    return f"checked_{table.name}"


def checked_rows(table: Table) -> str:
    """Return SQL for the rows of a table's checked files, in no order.

    Each has ``source_file``, ``source_file_number`` and ``source_row``; the columns a source may land, typed;
    ``extra_columns``; and if it is bad, ``problems`` (a list of column_name, value, reason), ``row_key`` and
    ``row_as_landed``: all NULL for a good one.
    """
    # A file's rows were added at once, in their order, so they stand one after the other.
    first = f"select source_file_number, min(rowid) as first_row from {staged(table)} group by source_file_number"
    return (
        f"(select checked.*, source_file, checked.rowid - first_row + 1 as source_row from {staged(table)} as checked "
        f"inner join {STAGED_FILES} using (source_file_number) inner join ({first}) using (source_file_number))"
    )


def good_rows(table: Table, load_id: str, loaded_at: datetime) -> str:
    """Return SQL for the rows without a problem, in the contract's columns, order and types."""
    added = {"load_id": literal(load_id), "loaded_at": f"timestamp {literal(loaded_at)}"}
    columns = ", ".join(
        f"{added.get(column.name, identifier(column.name))} as {identifier(column.name)}" for column in table.columns
    )
    return f"select {columns} from {checked_rows(table)} where problems is null"


def bad_rows(table: Table, load_id: str, loaded_at: datetime) -> str:
    """Return SQL for the problems, with the rows as landed: the columns of ``raw.quarantined_rows``."""
    return (
        f"select {literal(table.name)} as table_name, source_file, source_file_number, source_row, "
        f"column_name, value, reason, row_key, row_as_landed, {literal(load_id)} as load_id, "
        f"timestamp {literal(loaded_at)} as loaded_at from ({problems(table)})"
    )


def problems(table: Table) -> str:
    """Return SQL for all problems of a table's checked files, one row for each problem."""
    return (
        "select source_file, source_file_number, source_row, problem.column_name, problem.value, problem.reason, "
        "row_key, row_as_landed from (select source_file, source_file_number, source_row, "
        f"unnest(problems) as problem, row_key, row_as_landed from {checked_rows(table)} where problems is not null) "
        "where problem.reason is not null"
    )


def _create_staged(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    landed_columns = "".join(f"{identifier(column.name)} {column.sql_type}, " for column in table.landed_columns)
    with _CREATES:
        con.execute(
            f"create table if not exists {staged(table)} (source_file_number bigint, {landed_columns}"
            "extra_columns varchar, problems struct(column_name varchar, value varchar, reason varchar)[], "
            "row_key varchar, row_as_landed varchar)"
        )
        con.execute(f"create table if not exists {STAGED_FILES} (source_file_number bigint, source_file varchar)")


@contextmanager
def _kept_if_accepted(con: duckdb.DuckDBPyConnection, file: LandedFile) -> Iterator[None]:
    """Commit the transaction that is begun inside, or if the file is refused, take back what it did."""
    try:
        yield
        con.commit()
    except duckdb.TransactionException as error:
        # Nothing else keeps rows from being added than the memory, or the disk that takes over from it.
        if os.strerror(errno.ENOSPC) in str(error):
            raise
        raise too_much_memory(file) from None
    finally:
        # Without effect if there is none, or it was committed.
        with suppress(duckdb.TransactionException):
            con.rollback()


def _checked_rows(source: OpenedFile, currencies: Codes) -> str:
    """Return SQL for a file's rows as they are staged. A step names what the next uses: nothing is computed twice."""
    table = source.file.table
    columns = table.landed_columns
    texts = ", ".join(f"{_text(source, column)} as {landed(column)}" for column in columns)
    values = ", ".join(f"{_value(source, column)} as {identifier(column.name)}" for column in columns)
    reasons = ", ".join(f"{reason(table, column, currencies)} as r{place}" for place, column in enumerate(columns))
    any_reason = f"coalesce({', '.join(f'r{place}' for place in range(len(columns)))}) is not null"
    names = ", ".join(identifier(column.name) for column in columns)
    return (
        f"with texts as (select *, {texts} from ({source.query})), "
        f"typed as (select *, {values} from texts), "
        f"judged as (select *, {reasons} from typed), "
        f"split as (select *, {any_reason} as is_bad from judged) "
        f"select {names}, {_extra_columns(source)} as extra_columns, "
        f"case when is_bad then {_problem_list(source)} end as problems, "
        f"case when is_bad then {_row_key(source)} end as row_key, "
        f"case when is_bad then {_row_as_landed(source)} end as row_as_landed from split"
    )


def _text(source: OpenedFile, column: Column) -> str:
    cell = source.cell(column.name)
    return text(column, cell) if cell else "null::varchar"


def _value(source: OpenedFile, column: Column) -> str:
    value = source.value(column.name)
    return in_range(column, value) if value else typed(column)


def _problem_list(source: OpenedFile) -> str:
    structs = ", ".join(
        f"{{'column_name': {literal(column.name)}, 'value': {source.cell(column.name) or 'null'}, 'reason': r{place}}}"
        for place, column in enumerate(source.file.table.landed_columns)
    )
    return f"[{structs}]"


def _row_key(source: OpenedFile) -> str:
    """Return SQL for the key as its types write it, so that a corrected row has the same; as landed if it is wrong."""
    key = [column for column in source.file.table.landed_columns if column.name in source.file.table.key]
    complete = " and ".join(f"nullif(trim({landed(column)}), '') is not null" for column in key)
    cells = [f"coalesce(cast({identifier(column.name)} as varchar), {landed(column)})" for column in key]
    return f"case when {complete} then {_json_object(zip(source.file.table.key, cells, strict=True))} end"


def _row_as_landed(source: OpenedFile) -> str:
    return _json_object((name, f"c{place}") for place, name in enumerate(source.columns))


def _landed_types(con: duckdb.DuckDBPyConnection, source: OpenedFile, own_rows: str) -> dict[str, str | None]:
    """Return the type of each column: what the file states; else the contract's if any cell can be read as that."""
    types: dict[str, str | None] = {name: source.types.get(name) for name, _ in source.unknown_columns}
    columns = [column for column in source.file.table.landed_columns if column.name in source.columns]
    readable = ", ".join(f"count({identifier(column.name)})" for column in columns)
    counts = con.execute(f"select {readable} from {own_rows}").fetchone()
    unread = [column for column, count in zip(columns, counts, strict=True) if not count]
    cells = "".join(f", count({text(column, _bad_cell(source, column))})" for column in unread)
    _, *left = con.execute(f"select count(*){cells} from {own_rows} and problems is not null").fetchone()
    by_cells = {column.name: "string" if count else None for column, count in zip(unread, left, strict=True)}
    for column in columns:
        by_name = by_cells.get(column.name, column.data_type)
        types[column.name] = by_name and source.types.get(column.name, by_name)
    return types


def _bad_cell(source: OpenedFile, column: Column) -> str:
    """Return SQL for what stands in the cell of a bad row."""
    return f"problems[{source.file.table.landed_columns.index(column) + 1}].value"


def _extra_columns(source: OpenedFile) -> str:
    extra = source.unknown_columns
    if not extra:
        return "null::varchar"
    # Merging into an empty object removes the empty cells.
    return f"nullif(cast(json_merge_patch('{{}}', {_json_object(extra)}) as varchar), '{{}}')"


def _json_object(cells: Iterable[tuple[str, str]]) -> str:
    return f"cast(json_object({', '.join(f'{literal(name)}, {cell}' for name, cell in cells)}) as varchar)"


def _missing(source: OpenedFile, columns: Sequence[str]) -> LandingError:
    """Make the error. Unknown column names are only counted, not shown: they may be data of a file without header."""
    known = [name for name in source.columns if name in known_columns(source.file.table)]
    spelt = [f"{landed!r} must be called {name}" for landed, name in source.misspelt.items()]
    others = len(source.columns) - len(known) - len(spelt)
    there = [*known, *([f"{others} the contract does not know"] if others else [])]
    return LandingError(
        f"{source.file.name} has no column {', '.join(columns)}, which every file of {source.file.table.name} must "
        f"have; it has {', '.join(there) or 'none of its columns'}"
        + (f"; {', '.join(spelt)} (upper and lower case differ)" if spelt else "")
    )

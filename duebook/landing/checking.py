"""Reads a landed file into the staging database, typed, each row with what is wrong with it.

Not here: what makes a cell good (``cells``), how a file is opened (``reading``), where the rows go (``source``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from duebook.contract import Column
from duebook.landing.cells import landed, reason, text, typed, typed_already
from duebook.landing.files import Content, LandedFile, LandingError
from duebook.landing.opened import OpenedFile, known_columns
from duebook.landing.reading import opened
from duebook.landing.unpacking import UNLIMITED, Limits, unpacked_hash
from duebook.reference import CURRENCIES, Codes, codes
from duebook.sql_text import identifier, literal


@dataclass(frozen=True)
class CheckedFile:
    """A file in the staging database.

    ``relation`` has its rows in file order: the columns a source may land, typed; ``extra_columns``; and for a bad row
    ``problems`` (a list of column_name, value, reason), ``row_key`` and ``row_as_landed``: all NULL for a good one.
    ``misspelt`` has the contract's columns that stand in the file only under another spelling, by that spelling.
    """

    file: LandedFile
    number: int
    content_hash: str
    unpacked_hash: str
    relation: str
    rows_read: int
    rows_quarantined: int
    misspelt: Mapping[str, str]

    @property
    def contents(self) -> tuple[Content, ...]:
        """What its content may be known by: as it is unpacked and, if an earlier version loaded it, as it lies."""
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
    """Read and check one file.

    Args:
        con: connection to the staging database; its time zone must be UTC.
        file: the file.
        number: its place in the order of loading.
        work: folder for temporary copies.
        limits: how large it may be.
        currencies: the codes of currencies there are; None: those of the checkout.

    Raises:
        LandingError: the file can't be parsed or lacks a required column (unless it holds nothing but tombstones).
    """
    relation = f"file_{number}"
    with opened(con, file, work, limits) as source:
        content_hash = file.content_hash()
        unpacked = (file.is_packed and unpacked_hash(file, limits)) or content_hash
        missing = [name for name in file.table.required_columns if name not in source.columns]
        if source.columns and missing and ("is_deleted" not in source.columns or set(missing) & set(file.table.key)):
            raise _missing(source, missing)
        con.execute(f"create table {relation} as {_checked_rows(source, currencies or codes(*CURRENCIES))}")
        alive = "not is_deleted is true" if "is_deleted" in source.columns else "true"
        rows_read, rows_alive, rows_quarantined = con.execute(
            f"select count(*), count(*) filter ({alive}), count(problems) from {relation}"
        ).fetchone()
        if missing and rows_alive:
            raise _missing(source, missing)
    return CheckedFile(file, number, content_hash, unpacked, relation, rows_read, rows_quarantined, source.misspelt)


def good_rows(checked: CheckedFile, load_id: str, loaded_at: datetime) -> str:
    """SQL of the rows without a problem, in the contract's columns, order and types."""
    added = {
        "load_id": literal(load_id),
        "loaded_at": f"timestamp {literal(loaded_at)}",
        "source_file": literal(checked.file.name),
        "source_file_number": f"{checked.number}::bigint",
        "source_row": "rowid + 1",
        "extra_columns": "extra_columns",
    }
    columns = ", ".join(
        f"{added[column.name] if column.added_by_loader else identifier(column.name)} as {identifier(column.name)}"
        for column in checked.file.table.columns
    )
    return f"select {columns} from {checked.relation} where problems is null"


def bad_rows(checked: CheckedFile, load_id: str, loaded_at: datetime) -> str:
    """SQL of the problems, with the rows as they landed: the columns of ``raw.quarantined_rows``."""
    return (
        f"select {literal(checked.file.table.name)} as table_name, source_file, source_file_number, source_row, "
        f"column_name, value, reason, row_key, row_as_landed, {literal(load_id)} as load_id, "
        f"timestamp {literal(loaded_at)} as loaded_at from ({problems([checked])})"
    )


def problems(files: Iterable[CheckedFile]) -> str:
    """SQL of every problem of some files, one row a problem."""
    bad = " union all ".join(
        f"select {literal(file.file.name)} as source_file, {file.number}::bigint as source_file_number, "
        "rowid + 1 as source_row, unnest(problems) as problem, row_key, row_as_landed "
        f"from {file.relation} where problems is not null"
        for file in files
    )
    return (
        "select source_file, source_file_number, source_row, problem.column_name, problem.value, problem.reason, "
        f"row_key, row_as_landed from ({bad}) where problem.reason is not null"
    )


def _checked_rows(source: OpenedFile, currencies: Codes) -> str:
    """SQL of a ``CheckedFile``'s relation. Each step names what the next one uses, so nothing is worked out twice."""
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
    return typed_already(column, value) if value else typed(column)


def _problem_list(source: OpenedFile) -> str:
    structs = ", ".join(
        f"{{'column_name': {literal(column.name)}, 'value': {source.cell(column.name) or 'null'}, 'reason': r{place}}}"
        for place, column in enumerate(source.file.table.landed_columns)
    )
    return f"[{structs}]"


def _row_key(source: OpenedFile) -> str:
    """SQL of the key as its types write it, for a mended row may differ; as landed where it is the mistake."""
    key = [column for column in source.file.table.landed_columns if column.name in source.file.table.key]
    complete = " and ".join(f"nullif(trim({landed(column)}), '') is not null" for column in key)
    cells = [f"coalesce(cast({identifier(column.name)} as varchar), {landed(column)})" for column in key]
    return f"case when {complete} then {_json_object(zip(source.file.table.key, cells, strict=True))} end"


def _row_as_landed(source: OpenedFile) -> str:
    return _json_object((name, f"c{place}") for place, name in enumerate(source.columns))


def _extra_columns(source: OpenedFile) -> str:
    known = {column.name for column in source.file.table.landed_columns}
    extra = [(name, f"c{place}") for place, name in enumerate(source.columns) if name not in known]
    if not extra:
        return "null::varchar"
    # Merging into an empty object takes the empty cells out.
    return f"nullif(cast(json_merge_patch('{{}}', {_json_object(extra)}) as varchar), '{{}}')"


def _json_object(cells: Iterable[tuple[str, str]]) -> str:
    return f"cast(json_object({', '.join(f'{literal(name)}, {cell}' for name, cell in cells)}) as varchar)"


def _missing(source: OpenedFile, columns: Sequence[str]) -> LandingError:
    """Names of columns the contract doesn't know are left out: they may be data of a file without a header."""
    known = [name for name in source.columns if name in known_columns(source.file.table)]
    spelt = [f"{landed!r} is to be called {name}" for landed, name in source.misspelt.items()]
    others = len(source.columns) - len(known) - len(spelt)
    there = [*known, *([f"{others} the contract does not know"] if others else [])]
    return LandingError(
        f"{source.file.name} has no column {', '.join(columns)}, which every file of {source.file.table.name} must "
        f"have; it has {', '.join(there) or 'none of its columns'}"
        + (f"; {', '.join(spelt)} (the letters' case counts)" if spelt else "")
    )

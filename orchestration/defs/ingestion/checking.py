"""Splits the rows of a staged file: good ones typed, bad ones with the reason for each cell; and stops bad loads.

Not here: what makes a cell good (``cells``), where the rows go (``source``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import duckdb

from orchestration.defs.ingestion.cells import identifier, landed, literal, reason, text, typed
from orchestration.defs.ingestion.contract import Column, Table
from orchestration.defs.ingestion.files import LandingError
from orchestration.defs.ingestion.reading import StagedFile

MOST_SHOWN = 5


@dataclass(frozen=True)
class CheckedFile:
    """A staged file whose bad rows are known: ``problems`` is a relation of source_row, column_name, value, reason."""

    staged: StagedFile
    problems: str
    rows_read: int
    rows_quarantined: int

    @property
    def rows_loaded(self) -> int:
        """Rows without a problem."""
        return self.rows_read - self.rows_quarantined


def check_file(con: duckdb.DuckDBPyConnection, staged: StagedFile) -> CheckedFile:
    """Find every problem of a staged file.

    Raises:
        LandingError: the file lacks a required column (unless it holds nothing but tombstones).
    """
    table = staged.file.table
    (rows_read,) = con.execute(f"select count(*) from {staged.relation}").fetchone()
    _refuse_missing_columns(con, staged, rows_read)
    checks = [(place, column) for place, column in enumerate(table.landed_columns) if column.name in staged.columns]
    problems = f"problems_{staged.number}"
    reasons = ", ".join(f"{reason(table, column)} as r{place}" for place, column in checks)
    found = ", ".join(
        f"{{'column_name': {literal(column.name)}, 'value': {landed(column)}, 'reason': r{place}}}"
        for place, column in checks
    )
    # Rows are judged first; only the bad ones, mostly few, are then taken apart.
    con.execute(
        f"create table {problems} as with rows as ({_typed_rows(staged)}), judged as (select *, {reasons} from rows), "
        f"bad as (select source_row, unnest([{found}]) as problem from judged "
        f"where {' or '.join(f'r{place} is not null' for place, _ in checks)}) "
        "select source_row, problem.column_name, problem.value, problem.reason from bad "
        "where problem.reason is not null"
    )
    (rows_quarantined,) = con.execute(f"select count(distinct source_row) from {problems}").fetchone()
    return CheckedFile(staged, problems, rows_read, rows_quarantined)


def good_rows(checked: CheckedFile, load_id: str, loaded_at: datetime) -> str:
    """SQL of the rows without a problem, in the contract's columns, order and types."""
    staged = checked.staged
    added = {
        "load_id": literal(load_id),
        "loaded_at": f"timestamp {literal(loaded_at)}",
        "source_file": literal(staged.file.name),
        "source_file_number": f"{staged.number}::bigint",
        "source_row": "source_row",
        "extra_columns": _extra_columns(staged),
    }
    columns = ", ".join(
        f"{added[column.name] if column.added_by_loader else identifier(column.name)} as {identifier(column.name)}"
        for column in staged.file.table.columns
    )
    return (
        f"with rows as ({_typed_rows(staged)}) select {columns} from rows "
        f"where source_row not in (select source_row from {checked.problems})"
    )


def bad_rows(checked: CheckedFile, load_id: str, loaded_at: datetime) -> str:
    """SQL of the problems, with the rows as they landed: the columns of ``raw.quarantined_rows``."""
    staged = checked.staged
    key = [(name, staged.cell(name) or "null") for name in staged.file.table.key]
    row = [(name, f"c{place}") for place, name in enumerate(staged.columns)]
    has_key = " and ".join(f"nullif(trim({cell}), '') is not null" for _, cell in key)
    return (
        f"select {literal(staged.file.table.name)} as table_name, {literal(staged.file.name)} as source_file, "
        f"{staged.number}::bigint as source_file_number, source_row, column_name, value, reason, "
        f"case when {has_key} then {_json_object(key)} end as row_key, {_json_object(row)} as row_as_landed, "
        f"{literal(load_id)} as load_id, timestamp {literal(loaded_at)} as loaded_at "
        f"from {checked.problems} join {staged.relation} using (source_row) order by source_row"
    )


def refuse_bad_shares(
    con: duckdb.DuckDBPyConnection, table: Table, files: Iterable[CheckedFile], max_bad_share: float
) -> None:
    """Stop when too many of a table's rows can't be used.

    Raises:
        LandingError: says table, count, share and limit, every kind of problem with its count, and the first few rows.
    """
    files = list(files)
    read, bad = sum(file.rows_read for file in files), sum(file.rows_quarantined for file in files)
    if bad <= max_bad_share * read:
        return
    problems = " union all ".join(
        f"select {file.staged.number} as number, {literal(file.staged.file.name)} as file, * from {file.problems}"
        for file in files
    )
    kinds = con.execute(
        f"select column_name, reason, count(*) from ({problems}) group by all order by 3 desc, 1, 2"
    ).fetchall()
    first = con.execute(
        f"select file, source_row, column_name, value, reason from ({problems}) "
        f"order by number, source_row limit {MOST_SHOWN}"
    ).fetchall()
    lines = [
        f"{table.name}: {bad:,} of {read:,} rows can't be used ({bad / read:.1%}; DUEBOOK_MAX_BAD_SHARE allows "
        f"{max_bad_share:.1%}). Nothing was loaded; the mended files load next time. What is wrong:",
        *(f"  {count:,} x {column}: {why}" for column, why, count in kinds),
        "The first of them:",
        *(
            f"  {file}, row {row}, {column}: {'(empty)' if value is None else value!r}. {why}"
            for file, row, column, value, why in first
        ),
    ]
    raise LandingError("\n".join(lines))


def _typed_rows(staged: StagedFile) -> str:
    """SQL of source_row, the cells as landed, every column's text and its typed value."""
    columns = staged.file.table.landed_columns
    texts = ", ".join(f"{_text(staged, column)} as {landed(column)}" for column in columns)
    values = ", ".join(f"{typed(column)} as {identifier(column.name)}" for column in columns)
    return f"select *, {values} from (select *, {texts} from {staged.relation})"


def _text(staged: StagedFile, column: Column) -> str:
    cell = staged.cell(column.name)
    return text(column, cell) if cell else "null::varchar"


def _extra_columns(staged: StagedFile) -> str:
    known = {column.name for column in staged.file.table.landed_columns}
    extra = [(name, f"c{place}") for place, name in enumerate(staged.columns) if name not in known]
    if not extra:
        return "null::varchar"
    # Merging into an empty object takes the empty cells out.
    return f"nullif(cast(json_merge_patch('{{}}', {_json_object(extra)}) as varchar), '{{}}')"


def _json_object(cells: Iterable[tuple[str, str]]) -> str:
    return f"cast(json_object({', '.join(f'{literal(name)}, {cell}' for name, cell in cells)}) as varchar)"


def _refuse_missing_columns(con: duckdb.DuckDBPyConnection, staged: StagedFile, rows: int) -> None:
    table = staged.file.table
    missing = [name for name in table.required_columns if name not in staged.columns]
    # A file of JSON lines without a line names no columns.
    if not missing or (not rows and not staged.columns):
        return
    if "is_deleted" in staged.columns and rows and not set(missing) & set(table.key):
        (alive,) = con.execute(
            f"select count(*) from ({_typed_rows(staged)}) where not coalesce(is_deleted, false)"
        ).fetchone()
        if not alive:
            return
    raise LandingError(
        f"{staged.file.name} has no column {', '.join(missing)}, which every file of {table.name} must have; "
        f"it has {', '.join(staged.columns)}"
    )

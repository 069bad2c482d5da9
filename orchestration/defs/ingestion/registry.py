"""What the landing database remembers: which files are loaded, which loads are complete, what waits in quarantine.

Here: the shape of the two tables the loader keeps beside the contract's, reading them before a load, and taking out
what a killed load left. Not here: writing them (``source`` sends them with the rows they speak of, in one load).
"""

from dataclasses import dataclass

import duckdb

from orchestration.defs.ingestion.contract import Column, Contract, Table
from orchestration.defs.ingestion.files import LandingBusyError, LandingError
from orchestration.settings import RAW_SCHEMA, Settings

_DLT_LOADS = f"{RAW_SCHEMA}._dlt_loads"

_TABLE_NAME = Column("table_name", "string", "The raw table the file belongs to.")
_SOURCE_FILE = Column("source_file", "string", "The landed file, relative to the landing.")
_LOAD_ID = Column("load_id", "string", "The load that brought it.")
_LOADED_AT = Column("loaded_at", "timestamp", "When that load ran, UTC.")

LOADED_FILES = Table(
    domain=RAW_SCHEMA,
    name="loaded_files",
    description="One row a file loaded, known by its path and its content.",
    columns=(
        Column("file_number", "bigint", "The file's place in the order of loading, over all loads."),
        _TABLE_NAME,
        _SOURCE_FILE,
        Column("content_hash", "string", "SHA-256 of its bytes."),
        _LOAD_ID,
        _LOADED_AT,
        Column("rows_read", "bigint", "Rows in the file."),
        Column("rows_loaded", "bigint", "Rows that went to the raw table."),
        Column("rows_quarantined", "bigint", "Rows that went to quarantine; with those loaded, all that were read."),
    ),
    key=("file_number",),
)

QUARANTINED_ROWS = Table(
    domain=RAW_SCHEMA,
    name="quarantined_rows",
    description="One row a problem of one column of a landed row that can't be used.",
    columns=(
        _TABLE_NAME,
        _SOURCE_FILE,
        Column("source_file_number", "bigint", "The file's place in the order of loading, over all loads."),
        Column("source_row", "bigint", "The row's number within the file's data, from 1."),
        Column("column_name", "string", "The column to mend."),
        Column("value", "string", "What it holds, as landed."),
        Column("reason", "string", "What was expected."),
        Column("row_key", "string", "JSON object of the key as landed; null when part of it is missing."),
        Column("row_as_landed", "string", "JSON object of every cell of the row."),
        _LOAD_ID,
        _LOADED_AT,
    ),
    key=("source_file_number", "source_row", "column_name"),
)


@dataclass(frozen=True)
class Memory:
    """What earlier loads left.

    ``known`` holds (source file, content hash) of every file loaded; ``absent`` the tables still to be made, or to be
    given a new column.
    """

    known: frozenset[tuple[str, str]]
    next_number: int
    absent: frozenset[str]

    @property
    def names(self) -> set[str]:
        """The paths of the files loaded."""
        return {name for name, _ in self.known}


def raw_tables(contract: Contract) -> tuple[Table, ...]:
    """Every table a load writes: the contract's, then the loader's own two."""
    return (*contract.tables, LOADED_FILES, QUARANTINED_ROWS)


def recall(settings: Settings, contract: Contract) -> Memory:
    """Take out the rows of loads that never became complete, and say what is there.

    Raises:
        LandingError: the database is open elsewhere, or was made by a contract with other types.
    """
    settings.landed_file.parent.mkdir(parents=True, exist_ok=True)
    with _connect(settings) as con:
        there = _columns(con)
        _forget_incomplete_loads(con, contract, there)
        absent = {table.name for table in raw_tables(contract) if _is_behind(table, there.get(table.name, {}))}
        if LOADED_FILES.name not in there:
            return Memory(frozenset(), 1, frozenset(absent))
        files = f"{RAW_SCHEMA}.{LOADED_FILES.name}"
        known = con.execute(f"select source_file, content_hash from {files}").fetchall()
        (last,) = con.execute(f"select coalesce(max(file_number), 0) from {files}").fetchone()
        return Memory(frozenset(known), last + 1, frozenset(absent))


def row_counts(settings: Settings, contract: Contract) -> dict[str, int]:
    """Rows in every raw table that exists."""
    with _connect(settings) as con:
        there = _columns(con)
        return {
            table.name: con.execute(f"select count(*) from {RAW_SCHEMA}.{table.name}").fetchone()[0]
            for table in raw_tables(contract)
            if table.name in there
        }


def _connect(settings: Settings) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(settings.landed_file)
    except duckdb.IOException as error:
        raise LandingBusyError(f"{settings.landed_file} can't be opened: {str(error).splitlines()[0]}") from error


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """SQL type by column, by table of the raw schema."""
    there: dict[str, dict[str, str]] = {}
    for table, column, data_type in con.execute(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = ?", [RAW_SCHEMA]
    ).fetchall():
        there.setdefault(table, {})[column] = data_type
    return there


def _forget_incomplete_loads(
    con: duckdb.DuckDBPyConnection, contract: Contract, there: dict[str, dict[str, str]]
) -> None:
    """A load counts when dlt has noted it as complete, which it does last."""
    complete = f"(select load_id from {_DLT_LOADS} where status = 0)" if "_dlt_loads" in there else "('')"
    con.execute("begin")
    for table in raw_tables(contract):
        if table.name in there:
            con.execute(f"delete from {RAW_SCHEMA}.{table.name} where load_id not in {complete}")
    con.execute("commit")


def _is_behind(table: Table, there: dict[str, str]) -> bool:
    for column in table.columns:
        if column.name in there and there[column.name] != column.sql_type:
            raise LandingError(
                f"{RAW_SCHEMA}.{table.name}.{column.name} is {there[column.name]}, but the contract now says "
                f"{column.sql_type}: load into a new home (DUEBOOK_HOME)"
            )
    return any(column.name not in there for column in table.columns)

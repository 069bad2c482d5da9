"""What the landing database records: which files are loaded, which loads are complete, which rows are in quarantine.

Here: the columns of the loader's own tables, reading them before a load, removing the rows of killed loads, and
recording renamed files. Not here: writing these tables (``source`` sends them together with the rows they describe,
in one load), finding out which files are renamed (``arrivals``).
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from duebook.contract import Column, Contract, Table
from duebook.database_files import EMPTY, DamagedFileError, FileInUseError, log_of, open_database, remove_database
from duebook.landing.files import Content, LandingBusyError, LandingError, kind_of
from duebook.landing.raw_files import settle
from duebook.raw_views import DLT_LOADS, damaged_landing, stored_tables
from duebook.settings import RAW_SCHEMA, Settings

# Which loaded files have been renamed. Only the loader uses this table; no model reads it. A rename is recorded outside
# of a load: it stays true if the next load is killed.
_RENAMED_FILES = f"{RAW_SCHEMA}.renamed_files"

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
        Column(
            "unpacked_hash", "string", "SHA-256 of what a gzip file unpacks to, of others the same as content_hash."
        ),
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
        Column("column_name", "string", "The column to correct."),
        Column("value", "string", "Its value, as landed."),
        Column("reason", "string", "What was expected."),
        Column("row_key", "string", "JSON object of the key as landed; null when part of it is missing."),
        Column("row_as_landed", "string", "JSON object of every cell of the row."),
        _LOAD_ID,
        _LOADED_AT,
    ),
    key=("source_file_number", "source_row", "column_name"),
)

LANDED_COLUMNS = Table(
    domain=RAW_SCHEMA,
    name="landed_columns",
    description="One row a column of a loaded file that has rows other than tombstones.",
    columns=(
        _TABLE_NAME,
        Column("source_file_number", "bigint", "The file's place in the order of loading, over all loads."),
        Column("column_name", "string", "The column, as the file calls it."),
        Column(
            "landed_type",
            "string",
            "What the file says it is (Parquet), or its cells can be read as; none where it has no cell with a value.",
        ),
        Column("contract_type", "string", "What the contract said it is; none: it had no such column."),
        _LOAD_ID,
        _LOADED_AT,
    ),
    key=("source_file_number", "column_name"),
)


@dataclass(frozen=True)
class LoadedFile:
    """A file that was loaded: its number, its present name, its table, and its hashes as landed and unpacked.

    For files loaded by version 0.1.0 only the first hash is known, and is used for both.
    """

    number: int
    name: str
    table: str
    content_hash: str
    unpacked_hash: str

    @property
    def content(self) -> Content:
        """What identifies its content: table, kind and hash."""
        return self.table, kind_of(self.name), self.unpacked_hash


@dataclass(frozen=True)
class Renamed:
    """A loaded file that has another name now."""

    loaded: LoadedFile
    table: Table
    new_name: str


@dataclass(frozen=True)
class Registry:
    """What earlier loads recorded.

    ``held`` has, for every present name of a loaded file, the file that was loaded last under it; ``contents``, for all
    content that was loaded, the last name of its file; ``absent`` the tables that don't exist yet or lack a column;
    ``last_loaded_at`` is the moment of the last load, UTC without zone.
    """

    held: Mapping[str, LoadedFile]
    contents: Mapping[Content, str]
    next_number: int
    absent: frozenset[str]
    last_loaded_at: datetime | None


def raw_tables(contract: Contract) -> tuple[Table, ...]:
    """Return every table a load writes: the contract's, then the loader's own."""
    return (*contract.tables, LOADED_FILES, LANDED_COLUMNS, QUARANTINED_ROWS)


def read_registry(settings: Settings, contract: Contract, log: Callable[[str], None] = lambda line: None) -> Registry:
    """Remove the rows of loads that were never completed, then read what earlier loads recorded.

    Args:
        settings: where the landing database is.
        contract: the tables it should have.
        log: gets a warning line if the database file is empty and is created again.

    Raises:
        LandingError: the database is open elsewhere, damaged, or was made by a contract with other types.
    """
    settings.landed_file.parent.mkdir(parents=True, exist_ok=True)
    _remove_if_never_made(settings, log)
    with _connect(settings) as con:
        _remove_incomplete_loads(con, contract)
        settle(con, settings, _names(contract))
        there = _columns(con)
        absent = {table.name for table in raw_tables(contract) if _is_behind(table, there.get(table.name, {}))}
        files, held = recorded_files(con)
        last = f"select max(loaded_at) from {RAW_SCHEMA}.{LOADED_FILES.name}"
        [(last_loaded_at,)] = con.execute(last).fetchall() if files else [(None,)]
    now = {loaded.number: loaded.name for loaded in held.values()}
    contents = {file.content: now.get(file.number, file.name) for file in files}
    next_number = max((file.number for file in files), default=0) + 1
    return Registry(held, contents, next_number, frozenset(absent), last_loaded_at)


def read_held(settings: Settings) -> Mapping[str, LoadedFile]:
    """Return, for every present name of a loaded file, the file that was loaded last under it, and change nothing.

    Raises:
        LandingError: the database is open elsewhere, or damaged.
    """
    if not settings.landed_file.exists():
        return {}
    with _connect(settings, read_only=True) as con:
        return recorded_files(con)[1]


def recorded_files(con: duckdb.DuckDBPyConnection) -> tuple[list[LoadedFile], dict[str, LoadedFile]]:
    """Return every file recorded as loaded, in order, and by its present name the one that was loaded last under it.

    Files of loads that were never completed aren't: the next load takes them for new.

    Args:
        con: connection to the landing database, which may be read-only.
    """
    there = _columns(con)
    if LOADED_FILES.name not in there:
        return [], {}
    files = [
        LoadedFile(*row)
        for row in con.execute(
            f"select file_number, source_file, table_name, content_hash, {_unpacked_hash(there)} "
            f"from {RAW_SCHEMA}.{LOADED_FILES.name} where load_id in {_complete(there)} order by file_number"
        ).fetchall()
    ]
    return files, _held(files, _renames(con, there))


def _unpacked_hash(there: Mapping[str, Mapping[str, str]]) -> str:
    """SQL; 0.1.0 did not note it."""
    known = "unpacked_hash" in there[LOADED_FILES.name]
    return "coalesce(unpacked_hash, content_hash)" if known else "content_hash"


def note_renames(settings: Settings, renamed: Iterable[Renamed], next_number: int) -> None:
    """Record the new names of renamed files, all in one transaction.

    Args:
        settings: where the landing database is.
        renamed: the files.
        next_number: the number of the next file to be loaded: it says between which loads a rename happened.
    """
    noted = [
        (rename.loaded.number, rename.new_name, next_number, datetime.now(UTC).replace(tzinfo=None))
        for rename in renamed
    ]
    if not noted:
        return
    with _connect(settings) as con:
        con.execute("begin")
        con.execute(
            f"create table if not exists {_RENAMED_FILES} "
            "(rename_number bigint, file_number bigint, source_file varchar, before_file bigint, noted_at timestamp)"
        )
        con.executemany(
            f"insert into {_RENAMED_FILES} "
            f"select coalesce(max(rename_number), 0) + 1, ?, ?, ?, ? from {_RENAMED_FILES}",
            noted,
        )
        con.execute("commit")


def settle_files(settings: Settings, contract: Contract, sent: Path | None = None) -> None:
    """Make the raw tables views over the files that count, where they are files, and take in a load that has ended.

    Args:
        settings: whose home.
        contract: the tables.
        sent: the folder with the files of the load.

    Raises:
        LandingError: as for `read_registry`.
    """
    if settings.raw_as_files:
        with _connect(settings) as con:
            settle(con, settings, _names(contract), sent)


def _names(contract: Contract) -> list[str]:
    return [table.name for table in raw_tables(contract)]


def row_counts(settings: Settings, contract: Contract) -> dict[str, int]:
    """Return the number of rows of every raw table that exists."""
    with _connect(settings) as con:
        there = _columns(con)
        return {
            table.name: con.execute(f"select count(*) from {RAW_SCHEMA}.{table.name}").fetchone()[0]
            for table in raw_tables(contract)
            if table.name in there
        }


def _remove_if_never_made(settings: Settings, log: Callable[[str], None]) -> None:
    """Remove a database file that is too short to hold a row: the disk was full when it was created."""
    file, unwritten = settings.landed_file, log_of(settings.landed_file)
    if not file.is_file() or file.stat().st_size > EMPTY or (unwritten.exists() and unwritten.stat().st_size):
        return
    try:
        open_database(file).close()
    except DamagedFileError:
        remove_database(file)
        log(f"warning: {file} was empty and not a database: it is created again")
    except FileInUseError:
        # The next connection reports it.
        return


def _connect(settings: Settings, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    try:
        return open_database(settings.landed_file, read_only=read_only)
    except FileInUseError as error:
        raise LandingBusyError(f"{settings.landed_file} can't be opened: {error}") from error
    except DamagedFileError as error:
        raise LandingError(damaged_landing(settings, error)) from error


def _renames(con: duckdb.DuckDBPyConnection, there: Mapping[str, object]) -> list[tuple[int, int, str]]:
    """Return renames in the order they were recorded: number of the next file then, number of the file, new name."""
    if _RENAMED_FILES.rpartition(".")[2] not in there:
        return []
    return con.execute(
        f"select before_file, file_number, source_file from {_RENAMED_FILES} order by rename_number"
    ).fetchall()


def _held(files: list[LoadedFile], renames: list[tuple[int, int, str]]) -> dict[str, LoadedFile]:
    """Return the file last loaded under every name, from all loads and renames in their order."""
    held: dict[str, LoadedFile] = {}
    by_number = {file.number: file for file in files}
    # A rename comes before the load that got the next number.
    events = sorted(
        [(before, 0, number, name) for before, number, name in renames]
        + [(file.number, 1, file.number, file.name) for file in files],
        key=lambda event: event[:2],
    )
    name_of: dict[int, str] = {}
    for _, _, number, name in events:
        old_name = name_of.get(number, name)
        # Unless another file has had that name since.
        if old_name in held and held[old_name].number == number:
            del held[old_name]
        held[name], name_of[number] = replace(by_number[number], name=name), name
    return held


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Return the SQL types of the raw schema's columns, by table and column."""
    there: dict[str, dict[str, str]] = {}
    for table, column, data_type in con.execute(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = ?", [RAW_SCHEMA]
    ).fetchall():
        there.setdefault(table, {})[column] = data_type
    return there


def _remove_incomplete_loads(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Delete the rows of loads that dlt hasn't recorded as complete, which is its last step; files aren't looked at."""
    there = stored_tables(con)
    con.execute("begin")
    for table in there.intersection(_names(contract)):
        con.execute(f"delete from {RAW_SCHEMA}.{table} where load_id not in {_complete(there)}")
    con.execute("commit")


def _complete(there: Container[str]) -> str:
    """SQL of the complete loads' ids."""
    return f"(select load_id from {DLT_LOADS} where status = 0)" if "_dlt_loads" in there else "('')"


def _is_behind(table: Table, there: dict[str, str]) -> bool:
    for column in table.columns:
        if column.name in there and there[column.name] != column.sql_type:
            raise LandingError(
                f"{RAW_SCHEMA}.{table.name}.{column.name} is {there[column.name]}, but the contract now says "
                f"{column.sql_type}: load into a new home (DUEBOOK_HOME)"
            )
    return any(column.name not in there for column in table.columns)

"""Raw tables as Parquet files: which files count, the views DuckDB reads them by, and the change from table to files.

The files of a load are written in the folder loads work in. They are moved beside those of earlier loads when dlt has
ended, and count from the moment the views name them: one transaction of the landing database. Any other file is what a
killed load left. Here: that, and giving raw tables the form the engine reads. Not here: writing a load's files
(``source``), removing rows of killed loads from tables (``registry``).
"""

import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

import duckdb

from duebook.landing.listing import LandingError
from duebook.landing.opened import glob
from duebook.on_disk import sync
from duebook.raw_views import DLT_LOADS, files_named, gap, put_back, stored_tables, without_backup
from duebook.settings import RAW_SCHEMA, Settings
from duebook.sql_text import literal

# Where dlt puts a file of a load, and the record of a complete load, within its folder.
LAYOUT = "{table_name}/{load_id}.{file_id}.{ext}"
_RECORDS = "_dlt_loads/*.jsonl"
# The file of a table that became files.
_WAS_TABLE = "was_table.parquet"


def settle(
    con: duckdb.DuckDBPyConnection, settings: Settings, tables: Collection[str], sent: Path | None = None
) -> None:
    """Make every raw table what the engine reads, a view over files or a table, and take in a load.

    All of it happens, or nothing. Views are made anew each time: the home may have been moved.

    Args:
        con: connection to the landing database.
        settings: whose home, and what its engine reads.
        tables: the names of the raw tables that a load writes.
        sent: the folder with the files of a load that has ended.

    Raises:
        LandingError: a file that counts is gone or damaged, or nothing says which files count.
    """
    folder, keep = settings.raw_files_dir, set()
    stored, named = stored_tables(con), files_named(con)
    _refuse_without_record(settings, tables, stored | set(named))
    if sent:
        # Before any file is moved: without it, files of a first load that is killed would be those of a lost database.
        con.execute(f"create schema if not exists {RAW_SCHEMA}")
        con.execute(
            f"create table if not exists {DLT_LOADS} (load_id varchar not null, schema_name varchar, "
            "status bigint not null, inserted_at timestamptz not null, schema_version_hash varchar)"
        )
    con.execute("begin")
    new = _take_in(con, sent, folder) if sent else set()
    for table in tables:
        files = {folder / table / name for name in named.get(table, ())}
        _refuse_gaps(settings, table, files)
        files |= {file for file in new if file.parent.name == table}
        if table in stored and settings.raw_as_files:
            files.add(_stored_as_file(con, folder, table))
        if files:
            kind = "view" if settings.raw_as_files else "table"
            rows = f"read_parquet([{', '.join(map(glob, sorted(files)))}], union_by_name = true)"
            con.execute(f"drop view if exists {RAW_SCHEMA}.{table}")
            try:
                con.execute(f"create {kind} {RAW_SCHEMA}.{table} as select * from {rows}")
            except duckdb.Error as error:
                raise _cannot_be_read(settings, table, named.get(table, ())) or error from error
            keep |= files
    con.execute("commit")
    for file in (file for table in tables for file in (folder / table).glob("*")):
        if not (settings.raw_as_files and file in keep):
            file.unlink()


def _take_in(con: duckdb.DuckDBPyConnection, sent: Path, folder: Path) -> set[Path]:
    """Move a load's files beside those of earlier loads, and enter it in the landing database as dlt does."""
    moved = {file: folder / file.relative_to(sent) for file in sent.glob("*/*.parquet")}
    if not moved:
        return set()
    # Without a record there was no load, whatever files there are.
    [record] = sent.glob(_RECORDS)
    types = "{load_id: 'varchar', schema_name: 'varchar', status: 'bigint', inserted_at: 'timestamptz', "
    types += "schema_version_hash: 'varchar'}"
    con.execute(f"insert into {DLT_LOADS} by name select * from read_json({glob(record)}, columns = {types})")
    for file, place in moved.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, place)
        sync(place)
    _sync_folders(folder, moved.values())
    return set(moved.values())


def _stored_as_file(con: duckdb.DuckDBPyConnection, folder: Path, table: str) -> Path:
    """Write a table's rows as a file, and drop the table."""
    file = folder / table / _WAS_TABLE
    file.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"copy {RAW_SCHEMA}.{table} to {literal(file)} (format parquet)")
    sync(file)
    _sync_folders(folder, [file])
    con.execute(f"drop table {RAW_SCHEMA}.{table}")
    return file


def _sync_folders(folder: Path, files: Iterable[Path]) -> None:
    """Have the names of files and of the folders made for them on the disk, before the landing database counts them."""
    for one in {file.parent for file in files} | {folder, *folder.parents[:2]}:
        sync(one)


def _refuse_gaps(settings: Settings, table: str, files: Collection[Path]) -> None:
    """Refuse files that are gone; whether the others are whole, DuckDB sees when it makes the view."""
    if gone := [file.name for file in files if not file.exists()]:
        raise _cannot_be_read(settings, table, gone)


def _cannot_be_read(settings: Settings, table: str, names: Iterable[str]) -> LandingError | None:
    said = gap({table: names}, settings.raw_files_dir)
    return LandingError(f"{said}: {put_back(settings)}") if said else None


def _refuse_without_record(settings: Settings, tables: Collection[str], known: set[str]) -> None:
    """Refuse files if the database knows of no load: they are all that is left of what has landed."""
    if known & {*tables, DLT_LOADS.rpartition(".")[2]}:
        return
    folder = settings.raw_files_dir
    if any(file for table in tables for file in (folder / table).glob("*")):
        raise LandingError(
            f"{folder} has landed rows, and {settings.landed_file}, which says which of them count, has no load: put "
            f"both back from the last backup. {without_backup(settings)}"
        )

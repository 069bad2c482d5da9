"""What the landing database holds: raw tables that are tables, and the Parquet files that those which are views name.

Here: what the loader, engines and backups have to know of them. Not here: making the views (landing/raw_files.py).
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from duebook.settings import RAW_SCHEMA, Settings

# dlt's record of the loads that are complete.
DLT_LOADS = f"{RAW_SCHEMA}._dlt_loads"


def stored_tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of the raw tables that are tables, and of the loader's own records.

    Args:
        con: connection to the landing database.
    """
    rows = con.execute("select table_name from duckdb_tables() where schema_name = ?", [RAW_SCHEMA]).fetchall()
    return {table for (table,) in rows}


def files_named(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Return the names of the files of each raw table that is a view; a home's path has no quotation mark.

    Args:
        con: connection to the landing database.
    """
    rows = con.execute("select view_name, sql from duckdb_views() where schema_name = ?", [RAW_SCHEMA]).fetchall()
    return {view: re.findall(r"/([^/']+)'", statement) for view, statement in rows}


def gap(named: Mapping[str, Iterable[str]], folder: Path) -> str | None:
    """Return the first file that can't be read, in words; only the end of each file is looked at.

    Args:
        named: the names of files, by raw table.
        folder: has a folder for each table.
    """
    for table, names in sorted(named.items()):
        for file in (folder / table / name for name in sorted(names)):
            if why := _unreadable(file):
                return f"{RAW_SCHEMA}.{table} has rows in {file}, which is {why}"
    return None


def put_back(settings: Settings) -> str:
    """Say what to do about a file that can't be read."""
    return f"put it back from the last backup, or restore the home from it. {without_backup(settings)}"


def damaged_landing(settings: Settings, why: object) -> str:
    """Say that the landing database is damaged, what it holds, and what to do.

    Args:
        settings: whose home.
        why: DuckDB's words.
    """
    holds = "It holds all loaded rows: replace it by its last backup"
    if settings.raw_files_dir.exists():
        holds = f"It says which files in {settings.raw_files_dir} count: replace both by their last backup"
    return f"{settings.landed_file} is damaged: {why}. {holds} and refresh again. {without_backup(settings)}"


def without_backup(settings: Settings) -> str:
    """Say what to do where landed rows are lost and there is no backup; true whether raw tables are files or not."""
    return (
        f"Without a backup, move {settings.landed_file} and, if it is there, {settings.raw_files_dir} away: the "
        "refresh then loads the whole landing again, but rows of files that are no longer there are lost, and when "
        "rows were loaded. What is published stays, with the reported figures of closed months"
    )


def _unreadable(file: Path) -> str | None:
    if not file.exists():
        return "gone"
    try:
        pq.read_metadata(file)
    except (pa.ArrowException, OSError) as error:
        # Of a footer that can't be understood Arrow says that, too, but without a number of the system's.
        if isinstance(error, OSError) and error.errno:
            raise
        return f"damaged ({str(error).splitlines()[0].rstrip('.')})"
    return None

"""Copies the marts into the DuckDB file that will be published.

Here: that file, a copy in the staging folder of the file dbt wrote. Not here: Parquet (parquet.py), replacing the
published files (publish.py).
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from duebook.database_files import attach, log_of
from duebook.publication.large_marts import large_marts
from duebook.publication.targets import Target
from duebook.settings import LANDED_ALIAS, MARTS_DATABASE, MARTS_SCHEMA, Settings
from duebook.sql_text import identifier, literal

# Only sorting and grouping need memory; beyond this limit they use the disk, in the staging folder.
MEMORY_LIMIT = "4GB"
# The share of a DuckDB file that may be unused; beyond it, the rows are written into a new file. dbt builds most marts
# again each time, next to the old ones; the next build uses the space of the old ones.
MOST_IDLE = 1 / 3
# Linux's call to let a file share the blocks of another until one of them is written (ioctl_ficlone(2)).
FICLONE = 0x40049409
LEDGER = "fct_receivables_ledger"
# The prefix of the names that a view reads.
_OWN = f"{MARTS_DATABASE}."


class NothingToPublishError(RuntimeError):
    """dbt has written no marts."""


@dataclass(frozen=True)
class Contents:
    """What was copied: the number of rows by mart, and the ledger's currency if it has only one."""

    row_counts: dict[str, int]
    only_currency: str | None


@contextmanager
def copied_marts(settings: Settings, target: Target, database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Copy a target's marts into a new file, and open it: its tables are in the connection's schema `marts`.

    Afterwards the file is complete, without a write-ahead log.

    Args:
        settings: the refresh's settings.
        target: the business day, and what to read.
        database: what to write.

    Raises:
        NothingToPublishError: there are no marts.
        duckdb.Error, OSError: copying failed, for example because the disk is full.
    """
    if not target.marts_file.exists():
        raise NothingToPublishError(f"There are no marts to publish: {target.marts_file} doesn't exist.")
    config = {
        "threads": settings.threads,
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(database.parent / "spill"),
    }
    with duckdb.connect(config=config) as connection:
        attach(connection, settings.landed_file, LANDED_ALIAS)
        _copy(connection, target.marts_file, database)
        # Views among the marts use full names: the copy is attached under the name that dbt used.
        connection.execute(f"attach {literal(database)} as {MARTS_DATABASE}")
        _store_views(connection)
        if not marts_of(connection):
            raise NothingToPublishError(f"{target.marts_file} has no marts (schema {MARTS_SCHEMA}).")
        yield connection
        connection.execute(f"checkpoint {MARTS_DATABASE}")
        connection.execute(f"detach {MARTS_DATABASE}")


def marts_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the copied marts with rows of their own: tables, and views over Parquet."""
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = ? and schema_name = ?",
        [MARTS_DATABASE, MARTS_SCHEMA],
    ).fetchall()
    return sorted([*(mart for (mart,) in rows), *large_marts(connection, MARTS_DATABASE, MARTS_SCHEMA)])


def mart_name(mart: str) -> str:
    """Return a copied mart's name for a statement."""
    return identifier(MARTS_DATABASE, MARTS_SCHEMA, mart)


def contents_of(connection: duckdb.DuckDBPyConnection) -> Contents:
    """Count the copied rows."""
    row_counts = {}
    for mart in marts_of(connection):
        [(row_counts[mart],)] = connection.execute(f"select count(*) from {mart_name(mart)}").fetchall()
    currencies = []
    if LEDGER in row_counts:
        currencies = connection.execute(f"select distinct currency_code from {mart_name(LEDGER)}").fetchall()
    return Contents(row_counts, currencies[0][0] if len(currencies) == 1 else None)


def _copy(connection: duckdb.DuckDBPyConnection, marts_file: Path, database: Path) -> None:
    """Copy a database file; if much of it is unused, only its content."""
    _copy_file(marts_file, database)
    # The write-ahead log exists if dbt was killed.
    if log_of(marts_file).exists():
        _copy_file(log_of(marts_file), log_of(database))
    connection.execute(f"attach {literal(database)} as {MARTS_DATABASE}")
    connection.execute(f"checkpoint {MARTS_DATABASE}")
    has_idle_space = _has_idle_space(connection, database)
    compact = database.with_suffix(".compact")
    if has_idle_space:
        connection.execute(f"attach {literal(compact)} as compact")
        connection.execute(f"copy from database {MARTS_DATABASE} to compact")
        connection.execute("detach compact")
    connection.execute(f"detach {MARTS_DATABASE}")
    if has_idle_space:
        compact.replace(database)


def _copy_file(source: Path, copy: Path) -> None:
    """Copy a file; if the file system allows, the copy shares the blocks of the file."""
    with source.open("rb") as read, copy.open("wb") as written:
        try:
            fcntl.ioctl(written, FICLONE, read.fileno())
        except OSError:
            shutil.copyfile(source, copy)


def _has_idle_space(connection: duckdb.DuckDBPyConnection, database: Path) -> bool:
    """Return whether a database file is much larger than its content."""
    # Used blocks, because DuckDB also counts free blocks at the end that the file no longer contains.
    [(used,)] = connection.execute(
        "select block_size * used_blocks from pragma_database_size() where database_name = ?", [MARTS_DATABASE]
    ).fetchall()
    return used < (1 - MOST_IDLE) * database.stat().st_size


def _store_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Turn views into tables, with comments, if they read unpublished tables. Views of other marts stay views.

    Those over an engine's Parquet files read the published files later (publish.py).
    """
    large = large_marts(connection, MARTS_DATABASE, MARTS_SCHEMA)
    views = connection.execute(
        "select view_name, comment, sql from duckdb_views() where database_name = ? and schema_name = ?",
        [MARTS_DATABASE, MARTS_SCHEMA],
    ).fetchall()
    for view, comment, statement in (row for row in views if row[0] not in large):
        name = mart_name(view)
        columns = connection.execute(
            "select column_name, comment from duckdb_columns()"
            " where database_name = ? and schema_name = ? and table_name = ? and comment is not null",
            [MARTS_DATABASE, MARTS_SCHEMA, view],
        ).fetchall()
        kind = "view" if _reads_marts_alone(connection, statement) else "table"
        if kind == "table":
            connection.execute(f"create temp table shown as from {name}")
        connection.execute(f"drop view {name}")
        if kind == "table":
            connection.execute(f"create table {name} as from temp.shown")
            connection.execute("drop table temp.shown")
        else:
            # Readers can open the copy under any name: the view then reads from the database it is in.
            connection.execute(f"use {MARTS_DATABASE}")
            connection.execute(statement.replace(_OWN, ""))
            connection.execute("use memory")
        if comment:
            connection.execute(f"comment on {kind} {name} is {literal(comment)}")
        for column, said in columns:
            connection.execute(f"comment on column {name}.{identifier(column)} is {literal(said)}")


def _reads_marts_alone(connection: duckdb.DuckDBPyConnection, statement: str) -> bool:
    """Return whether a view's statement, as DuckDB writes it, names no database but that of the marts."""
    databases = connection.execute("select database_name from duckdb_databases() where not internal").fetchall()
    others = {name for (name,) in databases} - {MARTS_DATABASE}
    return not any(f"{name}." in statement or f"{identifier(name)}." in statement for name in others)

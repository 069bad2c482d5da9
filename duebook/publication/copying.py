"""The marts' way into the files that will be published.

Here: the DuckDB file, which is a copy of the one dbt wrote, in the staging folder. Not here: Parquet (parquet.py),
swapping the files in (publish.py).
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from duebook.database_files import log_of
from duebook.publication.targets import Target
from duebook.settings import LANDED_ALIAS, MARTS_DATABASE, MARTS_SCHEMA, Settings
from duebook.sql_text import attach, identifier, literal

# Only sorting and grouping need memory, and spill to the staging folder beyond this.
MEMORY_LIMIT = "4GB"
# Of a DuckDB file's bytes: with more of them idle, its rows are written into a new file. dbt makes most marts anew each
# time, beside the old ones; what those leave behind is used again by the next build.
MOST_IDLE = 1 / 3
# Linux's way to have a file share the blocks of another until one of them is written (ioctl_ficlone(2)).
FICLONE = 0x40049409
LEDGER = "fct_receivables_ledger"
# How a view names what it reads, in front of its schema.
_OWN = f"{MARTS_DATABASE}."


class NothingToPublishError(RuntimeError):
    """dbt has written no marts."""


@dataclass(frozen=True)
class Contents:
    """What was copied: rows by mart, and the ledger's currency if it has just one."""

    row_counts: dict[str, int]
    only_currency: str | None


@contextmanager
def copied_marts(settings: Settings, target: Target, database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Copy a target's marts into a new file, and open it: its tables are in the connection's schema `marts`.

    Afterwards the file is whole, without a log beside it.

    Args:
        settings: the refresh's settings.
        target: the business day, and what to read.
        database: what to write.

    Raises:
        NothingToPublishError: there are no marts.
        duckdb.Error, OSError: copying failed, a full disk for one.
    """
    if not target.marts_file.exists():
        raise NothingToPublishError(f"There are no marts to publish: {target.marts_file} isn't there.")
    config = {
        "threads": settings.threads,
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(database.parent / "spill"),
    }
    with duckdb.connect(config=config) as connection:
        connection.execute(attach(settings.landed_file, LANDED_ALIAS))
        _copy(connection, target.marts_file, database)
        # Views among the marts name what they read in full: the copy keeps the name dbt knew the marts by.
        connection.execute(f"attach {literal(database)} as {MARTS_DATABASE}")
        _store_views(connection)
        if not marts_of(connection):
            raise NothingToPublishError(f"{target.marts_file} holds no marts (schema {MARTS_SCHEMA}).")
        connection.execute(f"checkpoint {MARTS_DATABASE}")
        yield connection
        connection.execute(f"detach {MARTS_DATABASE}")


def marts_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the copied marts that hold rows of their own."""
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = ? and schema_name = ? order by all",
        [MARTS_DATABASE, MARTS_SCHEMA],
    ).fetchall()
    return [mart for (mart,) in rows]


def mart_name(mart: str) -> str:
    """Name a copied mart in a statement."""
    return identifier(MARTS_DATABASE, MARTS_SCHEMA, mart)


def contents_of(connection: duckdb.DuckDBPyConnection) -> Contents:
    """Count what was copied."""
    row_counts = {}
    for mart in marts_of(connection):
        [(row_counts[mart],)] = connection.execute(f"select count(*) from {mart_name(mart)}").fetchall()
    currencies = []
    if LEDGER in row_counts:
        currencies = connection.execute(f"select distinct currency_code from {mart_name(LEDGER)}").fetchall()
    return Contents(row_counts, currencies[0][0] if len(currencies) == 1 else None)


def _copy(connection: duckdb.DuckDBPyConnection, marts_file: Path, database: Path) -> None:
    """Copy a database file; where much of it is idle, what is in it."""
    _copy_file(marts_file, database)
    # What dbt has yet to write into it, should it have been ended before.
    if log_of(marts_file).exists():
        _copy_file(log_of(marts_file), log_of(database))
    connection.execute(f"attach {literal(database)} as {MARTS_DATABASE}")
    connection.execute(f"checkpoint {MARTS_DATABASE}")
    is_loose = _is_loose(connection, database)
    tight = database.with_suffix(".tight")
    if is_loose:
        connection.execute(f"attach {literal(tight)} as tight")
        connection.execute(f"copy from database {MARTS_DATABASE} to tight")
        connection.execute("detach tight")
    connection.execute(f"detach {MARTS_DATABASE}")
    if is_loose:
        tight.replace(database)


def _copy_file(source: Path, copy: Path) -> None:
    """Copy a file; where the file system can have two files share their blocks, without copying any."""
    with source.open("rb") as read, copy.open("wb") as written:
        try:
            fcntl.ioctl(written, FICLONE, read.fileno())
        except OSError:
            shutil.copyfile(source, copy)


def _is_loose(connection: duckdb.DuckDBPyConnection, database: Path) -> bool:
    """Say whether a database file is much larger than what is in it."""
    # Not the idle blocks: they are counted also where the file has been cut short of them.
    [(used,)] = connection.execute(
        "select block_size * used_blocks from pragma_database_size() where database_name = ?", [MARTS_DATABASE]
    ).fetchall()
    return used < (1 - MOST_IDLE) * database.stat().st_size


def _store_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Turn views into tables, comments and all: what they read isn't published. Views of other marts stay views."""
    views = connection.execute(
        "select view_name, comment, sql from duckdb_views() where database_name = ? and schema_name = ?",
        [MARTS_DATABASE, MARTS_SCHEMA],
    ).fetchall()
    for view, comment, statement in views:
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
            # Readers open the copy under a name of their own: the view finds what it reads in the database it is in.
            connection.execute(f"use {MARTS_DATABASE}")
            connection.execute(statement.replace(_OWN, ""))
            connection.execute("use memory")
        if comment:
            connection.execute(f"comment on {kind} {name} is {literal(comment)}")
        for column, said in columns:
            connection.execute(f"comment on column {name}.{identifier(column)} is {literal(said)}")


def _reads_marts_alone(connection: duckdb.DuckDBPyConnection, statement: str) -> bool:
    """Say whether a view, by the statement that makes it as DuckDB writes it, names no database but the marts' own."""
    databases = connection.execute("select database_name from duckdb_databases() where not internal").fetchall()
    others = {name for (name,) in databases} - {MARTS_DATABASE}
    return not any(f"{name}." in statement or f"{identifier(name)}." in statement for name in others)

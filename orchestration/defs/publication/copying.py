"""The marts' way into the files that will be published.

Here: filling the DuckDB file and the folder of Parquet files in the staging folder. Not here: which rows of a mart
differ from those published before (difference.py), swapping the files in (publish.py).

Where there is a publication before, its DuckDB file is copied and brought up to date; readers hold the file itself. A
mart of which nothing differs keeps its Parquet file, too: the same file, under one more name.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.defs.publication.difference import PUBLICATION, columns_of, take_over
from orchestration.defs.publication.publication import sync
from orchestration.defs.publication.targets import Target
from orchestration.settings import LANDED_ALIAS, MARTS_SCHEMA, Settings
from orchestration.sql_text import attach, identifier, literal

# Copying streams; only sorting and comparing need memory, and spill to the staging folder beyond this.
MEMORY_LIMIT = "4GB"
# Of a DuckDB file's bytes: with more of them idle, the marts are written into a new file. DuckDB uses idle ones again,
# but now and then it closes the gaps that deleted rows leave in a mart, for which it takes the mart's room once more.
MOST_IDLE = 1 / 3
LEDGER = "fct_receivables_ledger"


class NothingToPublishError(RuntimeError):
    """The warehouse file holds no marts."""


@dataclass(frozen=True)
class Files:
    """Where a publication's rows are: its DuckDB file, and a folder with a Parquet file a mart."""

    database: Path
    parquet: Path


@dataclass(frozen=True)
class Contents:
    """What was copied: rows by mart, and the ledger's currency if it has just one."""

    row_counts: dict[str, int]
    only_currency: str | None


def copy_marts(
    settings: Settings, target: Target, files: Files, before: Files | None, keys: Mapping[str, Sequence[str]]
) -> Contents:
    """Copy every mart of the target's warehouse file into new files, which are on the disk afterwards.

    Args:
        settings: the refresh's settings.
        target: the business day, and what to read.
        files: what to write; the folder is there, and empty.
        before: what to start from, as it was left when it was published; None: from nothing.
        keys: columns that no two rows of a mart share, by mart.

    Raises:
        NothingToPublishError: there are no marts.
        duckdb.Error, OSError: copying failed, a full disk for one.
    """
    config = {
        "threads": settings.threads,
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(files.database.parent / "spill"),
    }
    with duckdb.connect(config=config) as connection:
        # Views among the marts name other relations in full: the warehouse keeps the name dbt knew it by.
        warehouse = target.warehouse_file.stem
        connection.execute(attach(target.warehouse_file, warehouse))
        connection.execute(attach(settings.landed_file, LANDED_ALIAS))
        marts = columns_of(connection, warehouse)
        if not marts:
            raise NothingToPublishError(f"{target.warehouse_file} holds no marts (schema {MARTS_SCHEMA}).")
        unchanged = _fill_database(connection, warehouse, files.database, before, keys)
        for mart in marts:
            kept = before.parquet / _parquet_name(mart) if before and mart in unchanged else None
            _fill_parquet(connection, mart, files.parquet / _parquet_name(mart), kept)
        contents = _contents(connection, marts)
        connection.execute(f"detach {PUBLICATION}")
    sync(files.parquet)
    sync(files.database)
    return contents


def _fill_database(
    connection: duckdb.DuckDBPyConnection,
    warehouse: str,
    database: Path,
    before: Files | None,
    keys: Mapping[str, Sequence[str]],
) -> frozenset[str]:
    """Make the database and leave it attached; return the marts of which no row differs from the one before."""
    if before:
        shutil.copyfile(before.database, database)
        if _is_loose(connection, database):
            database.unlink()
    connection.execute(f"attach {literal(database)} as {PUBLICATION}")
    connection.execute(f"create schema if not exists {PUBLICATION}.{MARTS_SCHEMA}")
    unchanged = take_over(connection, warehouse, keys)
    # What was dropped makes room for what is written.
    connection.execute(f"checkpoint {PUBLICATION}")
    taken_over = columns_of(connection, PUBLICATION)
    for mart in columns_of(connection, warehouse):
        if mart not in taken_over:
            _write(connection, warehouse, mart, keys.get(mart, ()))
    _bring_comments_up_to_date(connection, warehouse)
    connection.execute(f"checkpoint {PUBLICATION}")
    return unchanged


def _is_loose(connection: duckdb.DuckDBPyConnection, database: Path) -> bool:
    """Say whether a database file is much larger than what is in it."""
    connection.execute(attach(database, PUBLICATION))
    # Not the idle blocks: they are counted also where the file has been cut short of them.
    [(used,)] = connection.execute(
        "select block_size * used_blocks from pragma_database_size() where database_name = ?", [PUBLICATION]
    ).fetchall()
    connection.execute(f"detach {PUBLICATION}")
    return used < (1 - MOST_IDLE) * database.stat().st_size


def _write(connection: duckdb.DuckDBPyConnection, warehouse: str, mart: str, key: Sequence[str]) -> None:
    """Write a mart anew, in the order of its key, or of all its columns."""
    order = ", ".join(identifier(column) for column in key) or "all"
    rows = f"from {identifier(warehouse, MARTS_SCHEMA, mart)} order by {order}"
    connection.execute(f"create table {_copy_of(mart)} as {rows}")


def _copy_of(mart: str) -> str:
    return identifier(PUBLICATION, MARTS_SCHEMA, mart)


def _bring_comments_up_to_date(connection: duckdb.DuckDBPyConnection, warehouse: str) -> None:
    """Have the copies say of themselves and of their columns what the originals say."""
    there, here = _comments(connection, PUBLICATION), _comments(connection, warehouse)
    for mart, column in sorted({place for place, _ in there.items() ^ here.items()}):
        of = f"column {_copy_of(mart)}.{identifier(column)}" if column else f"table {_copy_of(mart)}"
        comment = here.get((mart, column))
        connection.execute(f"comment on {of} is {literal(comment) if comment else 'null'}")


def _comments(connection: duckdb.DuckDBPyConnection, database: str) -> dict[tuple[str, str], str]:
    """Read the comments of marts and their columns, by both names; a mart's own has no column's."""
    rows = connection.execute(
        "select table_name, '', comment from duckdb_tables() where database_name = $1 and schema_name = $2"
        " union all"
        " select view_name, '', comment from duckdb_views() where database_name = $1 and schema_name = $2"
        " union all"
        " select table_name, column_name, comment from duckdb_columns() where database_name = $1 and schema_name = $2",
        [database, MARTS_SCHEMA],
    ).fetchall()
    return {(mart, column): comment for mart, column, comment in rows if comment}


def _parquet_name(mart: str) -> str:
    return f"{mart}.parquet"


def _fill_parquet(connection: duckdb.DuckDBPyConnection, mart: str, file: Path, kept: Path | None) -> None:
    """Write a mart's Parquet file, or keep the one of before."""
    if kept:
        _keep(kept, file)
    else:
        connection.execute(f"copy {_copy_of(mart)} to {literal(file)} (format parquet, compression zstd)")
    sync(file)


def _keep(file: Path, name: Path) -> None:
    """Have a file under one more name, as a copy where a file can't have two."""
    try:
        name.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, name)


def _contents(connection: duckdb.DuckDBPyConnection, marts: Iterable[str]) -> Contents:
    row_counts = {}
    for mart in marts:
        [(row_counts[mart],)] = connection.execute(f"select count(*) from {_copy_of(mart)}").fetchall()
    currencies = []
    if LEDGER in row_counts:
        currencies = connection.execute(f"select distinct currency_code from {_copy_of(LEDGER)}").fetchall()
    return Contents(row_counts, currencies[0][0] if len(currencies) == 1 else None)

"""Copies of what the sample published, to change: what tests of the dashboard and of reports begin with.

Not here: any expectation.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

# The sample's last month.
MONTH = "2026-06-30"
# What is reference data, and there from the first day.
REFERENCE = ("dim_aging_buckets", "dim_event_types", "dim_kpis", "dim_dates")


@contextmanager
def changing(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the copy of a published file, at its marts."""
    with duckdb.connect(file) as connection:
        connection.execute("use marts")
        yield connection


def tables(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """The columns of every mart that is a table."""
    rows = connection.execute(
        "select duckdb_tables.table_name, column_name from duckdb_tables() inner join duckdb_columns()"
        " using (table_oid) where duckdb_tables.schema_name = 'marts'"
    )
    found: dict[str, set[str]] = {}
    for table, column in rows.fetchall():
        found.setdefault(table, set()).add(column)
    return found


def empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave no row in any mart but those of reference data."""
    for table in tables(connection).keys() - {*REFERENCE}:
        connection.execute(f"delete from {table}")

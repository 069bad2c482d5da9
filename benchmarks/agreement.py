"""Whether contestants came to the same figures, to the cent.

Here: counting the rows in which two tables differ. Not here: making them.
"""

from pathlib import Path

import duckdb

from benchmarks.failures import BenchmarkError
from duebook.sql_text import attach

# Marts about a home's own history: its refreshes, its reported figures and their restatements, its forecasts.
TELL_OF_THEIR_HOME = {
    "refresh_log",
    "audit_log",
    "data_quality_results",
    "reported_kpis_monthly",
    "restated_events",
    "kpi_restatements",
    "kpi_restatement_causes",
    "frozen_forecasts",
    "frozen_cash_forecasts",
    "forecast_accuracy",
}
# What the loader adds: a home built at once has other loads.
LOADERS_COLUMNS = {"load_id", "loaded_at"}
# Ratios are doubles; their last digits depend on the order of adding.
DECIMALS_OF_RATIOS = 6

LEDGER_COLUMNS = (
    "event_type, effective_date, company_id, customer_id, item_type, item_id, instalment_id, due_date, currency_code,"
    " amount::decimal(18, 4) as amount"
)


def connect(**files: Path) -> duckdb.DuckDBPyConnection:
    """Open DuckDB with files attached read-only under the given names."""
    connection = duckdb.connect()
    for name, file in files.items():
        connection.execute(attach(file, name))
    return connection


def differing_rows(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    """Count the rows that only one of two queries returns, repeated rows included.

    A checksum over both comes first: comparing row by row takes much more memory.
    """
    prints = [
        connection.execute(f"select count(*), sum(hash(rows)::hugeint) from ({query}) as rows").fetchone()
        for query in (one, other)
    ]
    if prints[0] == prints[1]:
        return 0
    counts = [
        connection.execute(f"select count(*) from (({a}) except all ({b}))").fetchone()[0]
        for a, b in ((one, other), (other, one))
    ]
    return sum(counts)


def long_aging(relation: str, only_days_of: str | None = None) -> str:
    """A query for an aging with a column a bucket, as rows of one bucket; empty buckets left out.

    Args:
        relation: the table.
        only_days_of: a table whose days are kept; all others are left out.
    """
    days = f"where date_day in (select date_day from {only_days_of})" if only_days_of else ""
    return (
        "select date_day, company_id, segment, currency_code, replace(bucket, 'aging_', '') as bucket_id,"
        " amount::decimal(18, 4) as amount from (unpivot"
        f" (select date_day, company_id, segment, currency_code, columns('^aging_.*') from {relation} {days})"
        " on columns('^aging_.*') into name bucket value amount) where amount <> 0"
    )


def tall_aging(relation: str) -> str:
    """A query for an aging that has a row a bucket already; empty buckets left out."""
    return (
        "select date_day, company_id, segment, currency_code, bucket_id, amount::decimal(18, 4) as amount"
        f" from {relation} where amount <> 0"
    )


def differing_marts(one: Path, other: Path) -> dict[str, int]:
    """Compare two publications, mart by mart.

    Returns:
        Rows that differ by mart, for every mart that one or both of them have and that isn't about its home's history.

    Raises:
        BenchmarkError: a mart has other columns in one than in the other, or is missing there.
    """
    differing = {}
    with connect(one=one, other=other) as connection:
        columns = {side: _columns(connection, side) for side in ("one", "other")}
        for mart in sorted({*columns["one"], *columns["other"]} - TELL_OF_THEIR_HOME):
            queries = [_comparable(side, mart, columns[side].get(mart, {})) for side in columns]
            if columns["one"].get(mart) != columns["other"].get(mart):
                raise BenchmarkError(f"the mart {mart} has other columns in {one} than in {other}")
            differing[mart] = differing_rows(connection, *queries)
    return differing


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table, column, data_type in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where database_name = ? and schema_name = 'marts' order by table_name, column_index",
        [database],
    ).fetchall():
        found.setdefault(table, {})[column] = data_type
    return found


def _comparable(database: str, mart: str, columns: dict[str, str]) -> str:
    kept = [
        f"round({name}, {DECIMALS_OF_RATIOS}) as {name}" if data_type == "DOUBLE" else name
        for name, data_type in columns.items()
        if name not in LOADERS_COLUMNS
    ]
    return f"select {', '.join(kept)} from {database}.marts.{mart}"

"""The aging of many days by company and segment, each way in a process of its own.

Here: Duebook's way (its own models behind the ledger, and the running sum), and two ways to join open invoices to a
date spine. All start from the ledger of a home and write a table `aged`. Not here: whether they agree (agreement.py).
"""

import argparse
import json
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb

from benchmarks.models import AGING_CHANGES, LEDGER, LEDGER_TABLE, Model, build, inputs_of, leading_to, read_models
from benchmarks.workplace import warehouse_of
from duebook.settings import MARTS_DATABASE, marts_file_of
from duebook.sql_text import attach, literal

SQL_DIR = Path(__file__).with_name("sql")
DUEBOOK, OPEN_INVOICES, BALANCE_HISTORY = "duebook", "open_invoices", "balance_history"
WAYS = (DUEBOOK, OPEN_INVOICES, BALANCE_HISTORY)
MONTH_ENDS, DAYS = "month_ends", "days"
# What is quick is done again, and the quickest counts: of what takes milliseconds the rest of the machine is most.
MOST_REPEATS, ENOUGH_SECONDS = 3, 20
BUCKETS = ("current", "1_30", "31_60", "61_90", "91_120", "121_plus", "no_due_date")
BUCKET_OF_A_DAY = """case
        when due_date is null then 'no_due_date'
        when date_day <= due_date then 'current'
        when date_day - due_date <= 30 then '1_30'
        when date_day - due_date <= 60 then '31_60'
        when date_day - due_date <= 90 then '61_90'
        when date_day - due_date <= 120 then '91_120'
        else '121_plus'
    end"""
# The days of a span that are asked for, as a list made from the span itself.
SPAN_DAYS = {
    DAYS: "unnest(generate_series(valid_from, valid_until - 1, interval 1 day))::date",
    MONTH_ENDS: "last_day(unnest(generate_series(date_trunc('month', valid_from), valid_until, interval 1 month)))",
}


def lay_spine(connection: duckdb.DuckDBPyConnection, days: str, last_day: date) -> None:
    """Make the table `spine`: the days to age, from the ledger's first on.

    Args:
        connection: a database in which a ledger stands as `to_publish.marts.fct_receivables_ledger`.
        days: DAYS or MONTH_ENDS.
        last_day: the last day to age.
    """
    first = f"(select min(effective_date) from {LEDGER_TABLE})"
    wanted = "where day = last_day(day)" if days == MONTH_ENDS else ""
    connection.execute(
        "create table spine as select day::date as date_day"
        f" from range({first}, date {literal(last_day + timedelta(days=1))}, interval 1 day) as days(day) {wanted}"
    )


def age(connection: duckdb.DuckDBPyConnection, way: str, days: str, models: dict[str, Model], last_day: date) -> None:
    """Make the table `aged`, for the days of the spine.

    Args:
        connection: a database in which the ledger stands in `to_publish`, with customers and a spine.
        way: one of WAYS.
        days: what the spine holds, DAYS or MONTH_ENDS.
        models: Duebook's compiled models, by name.
        last_day: the last day to age.
    """
    if way == DUEBOOK:
        build(connection, leading_to(models, AGING_CHANGES, after=LEDGER))
        sums = ", ".join(f"sum(coalesce(aging_{each}_change, 0)) over to_date as aging_{each}" for each in BUCKETS)
        connection.execute(_sql("running_sum").format(sums=sums))
        return
    after_last_day = last_day + timedelta(days=1)
    connection.execute(_sql(way).format(bucket=BUCKET_OF_A_DAY, days=SPAN_DAYS[days], after_last_day=after_last_day))


def _sql(name: str) -> str:
    return (SQL_DIR / f"{name}.sql").read_text(encoding="utf-8")


def connect(file: Path, threads: int, home: Path, models: dict[str, Model]) -> duckdb.DuckDBPyConnection:
    """Open a new file named like Duebook's warehouse: what is read of a home stands in it as views, with its marts."""
    connection = duckdb.connect(file, config={"threads": threads})
    connection.execute("create schema intermediate")
    connection.execute(attach(warehouse_of(home), "built"))
    connection.execute(attach(marts_file_of(warehouse_of(home)), MARTS_DATABASE))
    needed = inputs_of(leading_to(models, AGING_CHANGES, after=LEDGER)) | {"int_customers"}
    there = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'built'"
        " union all select schema_name, view_name from duckdb_views() where database_name = 'built' and not internal"
    ).fetchall()
    for schema, name in there:
        if name in needed:
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create view {schema}.{name} as from built.{schema}.{name}")
    return connection


def main() -> None:
    """Age one way, a few times where that is quick, and print as JSON how long the quickest took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.aging", description=__doc__.split("\n")[0])
    parser.add_argument("--way", choices=WAYS, required=True)
    parser.add_argument("--days", choices=(DAYS, MONTH_ENDS), default=DAYS)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--compiled", type=Path, required=True)
    parser.add_argument("--last-day", type=date.fromisoformat, required=True)
    parser.add_argument(
        "--out", type=Path, required=True, help="a new file named duebook.duckdb; holds `aged` afterwards"
    )
    parser.add_argument("--threads", type=int, required=True)
    asked = parser.parse_args()
    models = read_models(asked.compiled)
    took: list[tuple[float, float]] = []
    while len(took) < MOST_REPEATS and sum(seconds for seconds, _ in took) < ENOUGH_SECONDS:
        asked.out.unlink(missing_ok=True)
        with connect(asked.out, asked.threads, asked.home, models) as connection:
            lay_spine(connection, asked.days, asked.last_day)
            began, began_cpu = time.monotonic(), time.process_time()
            age(connection, asked.way, asked.days, models, asked.last_day)
            took.append((time.monotonic() - began, time.process_time() - began_cpu))
            days, rows = connection.execute("select count(distinct date_day), count(*) from aged").fetchone()
    seconds, cpu_seconds = min(took)
    print(
        json.dumps(
            {
                "seconds": round(seconds, 3),
                "cpu_seconds": round(cpu_seconds, 3),
                "times": len(took),
                "days": days,
                "rows": rows,
            }
        )
    )


if __name__ == "__main__":
    main()

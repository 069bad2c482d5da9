"""The table a refresh ends with."""

from datetime import date

import duckdb
import pytest
from rich.console import Console

from cli.refresh.headlines import MONTHS, headline_table, headlines, held_back, rows_held_back

MONTH_ENDS = [date(2025, 11, 30), date(2025, 12, 31), *(date(2026, month, 28) for month in range(1, 7))]


@pytest.fixture
def printed(tmp_path):
    """What is printed of a scorecard with one running month and one missing value."""
    file = tmp_path / "published.duckdb"
    with duckdb.connect(file) as published:
        published.execute("create schema marts")
        published.execute("create table marts.dim_kpis as select 'dso' as kpi_id, 'Days sales outstanding' as kpi_name")
        published.execute("insert into marts.dim_kpis values ('delinquency_rate_amount', 'Delinquency rate')")
        published.execute(
            "create table marts.scorecard_monthly (month_end date, level varchar, kpi_id varchar, unit varchar,"
            " value double, reason varchar, is_complete boolean)"
        )
        for number, month_end in enumerate(MONTH_ENDS, start=1):
            complete = month_end != MONTH_ENDS[-1]
            rows = [
                (month_end, "portfolio", "dso", "days", None if number == 8 else number + 0.04, None, complete),
                (month_end, "portfolio", "delinquency_rate_amount", "fraction", number / 100, None, complete),
                (month_end, "company", "dso", "days", 999.0, None, complete),
            ]
            published.executemany("insert into marts.scorecard_monthly values (?, ?, ?, ?, ?, ?, ?)", rows)
        published.execute("update marts.scorecard_monthly set reason = 'no_sales' where value is null")
    console = Console(width=80)
    with console.capture() as captured:
        console.print(headline_table(headlines(file)))
    return captured.get()


def cells(printed, start):
    return next(line for line in printed.splitlines() if line.strip().startswith(start)).split()[-MONTHS:]


def test_the_last_months_are_shown_oldest_first_and_a_running_one_is_marked(printed):
    header = next(line for line in printed.splitlines() if "KPI" in line)
    assert header.split()[1:] == ["Jan", "26", "Feb", "26", "Mar", "26", "Apr", "26", "May", "26", "Jun", "26*"]
    assert len(header.split()[1:]) == 2 * MONTHS
    assert "* the month is still running" in printed


def test_only_the_portfolio_counts_and_a_missing_value_has_its_reason_below(printed):
    assert cells(printed, "Days sales outstanding") == ["3.0", "4.0", "5.0", "6.0", "7.0", "n/a"]
    assert "n/a: no_sales" in printed


def test_fractions_are_shown_in_percent(printed):
    assert "Delinquency rate (%)" in printed
    assert cells(printed, "Delinquency rate") == ["3.0", "4.0", "5.0", "6.0", "7.0", "8.0"]


def test_rows_held_back_are_counted_once_however_much_is_wrong_with_them(tmp_path):
    file = tmp_path / "published.duckdb"
    with duckdb.connect(file) as published:
        published.execute("create schema marts")
        published.execute(
            "create table marts.quarantined_rows (table_name text, source_file text, load_id text, source_row int)"
        )
    assert rows_held_back(file) == {}
    with duckdb.connect(file) as published:
        rows = [
            ("invoices", "a.csv", "l1", 1),
            ("invoices", "a.csv", "l1", 1),
            ("invoices", "a.csv", "l2", 1),
            ("applications", "c.csv", "l1", 7),
        ]
        published.executemany("insert into marts.quarantined_rows values (?, ?, ?, ?)", rows)
    assert held_back(rows_held_back(file)).startswith("Held back: 1 of applications, 2 of invoices.")

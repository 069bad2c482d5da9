"""The headline KPIs of the last months as a table, and what was held back, from what was published.

Here: choosing and laying out. Not here: any figure's meaning or making (the dbt project).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from duebook.publication.reader import reading
from duebook.settings import MARTS_SCHEMA

HEADLINES = (
    "dso",
    "best_possible_dso",
    "average_days_delinquent",
    "cei",
    "delinquency_rate_amount",
    "accounts_per_employee",
)
MONTHS = 6
NO_VALUE = "n/a"
SHORT_UNITS = {"days": "days", "percent": "%", "fraction": "%"}


def headlines(published_file: Path) -> list[dict[str, Any]]:
    """Read the portfolio's headline KPIs of the last months, a row a KPI and month, oldest first.

    Args:
        published_file: the publication.
    """
    with reading(published_file) as published:
        rows = published.records(
            """
            select scorecard.kpi_id, kpi_name, scorecard.unit, month_end, value, reason, is_complete
            from {marts}.scorecard_monthly as scorecard
            inner join {marts}.dim_kpis as kpis on scorecard.kpi_id = kpis.kpi_id
            where level = 'portfolio' and list_contains(?, scorecard.kpi_id)
            order by month_end, kpi_id
            """,
            [list(HEADLINES)],
        )
    months = sorted({row["month_end"] for row in rows})[-MONTHS:]
    return [row for row in rows if row["month_end"] in months]


def headline_table(kpis: Sequence[Mapping[str, Any]]) -> Table:
    """Lay out the headline KPIs, a column a month, oldest first.

    Fractions are shown in percent; a month still running is marked with `*`; reasons for missing values stand below.

    Args:
        kpis: what `headlines` read.
    """
    months = sorted({row["month_end"] for row in kpis})
    running = {row["month_end"] for row in kpis if not row["is_complete"]}
    names = {row["kpi_id"]: (row["kpi_name"], row["unit"]) for row in kpis}
    cells = {(row["kpi_id"], row["month_end"]): _cell(row["value"], row["unit"]) for row in kpis}
    table = Table(title="The portfolio, month by month", title_justify="left", box=SIMPLE_HEAD, padding=(0, 0, 0, 1))
    table.add_column("KPI", max_width=34)
    for month in months:
        table.add_column(f"{month:%b %y}{'*' if month in running else ''}", justify="right", no_wrap=True)
    for kpi_id in HEADLINES:
        if kpi_id in names:
            name, unit = names[kpi_id]
            values = [cells.get((kpi_id, month), "") for month in months]
            table.add_row(f"{name} ({SHORT_UNITS[unit]})" if unit in SHORT_UNITS else name, *values)
    reasons = {row["reason"] for row in kpis if row["value"] is None}
    notes = ["* the month is still running"] if running else []
    notes += [f"{NO_VALUE}: {', '.join(sorted(reasons))}"] if reasons else []
    table.caption, table.caption_justify = "; ".join(notes) or None, "left"
    return table


def rows_held_back(published_file: Path) -> dict[str, int]:
    """Count the landed rows that wait in quarantine, by table.

    Args:
        published_file: the publication.
    """
    with reading(published_file) as published:
        return dict(
            published.rows(
                """
                select table_name, count(distinct (source_file, load_id, source_row))
                from {marts}.quarantined_rows group by table_name order by table_name
                """
            )
        )


def held_back(waiting: Mapping[str, int]) -> str:
    """Say how many landed rows wait in quarantine, and where to read why."""
    counts = ", ".join(f"{rows:,} of {table}" for table, rows in waiting.items())
    return f"Held back: {counts}. Why, row by row: {MARTS_SCHEMA}.quarantined_rows"


def _cell(value: float | None, unit: str) -> str:
    if value is None:
        return NO_VALUE
    return f"{value * 100 if unit == 'fraction' else value:,.1f}"

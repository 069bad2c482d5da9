"""The headline KPIs of the last months as a table, and what was held back, from what was published.

Here: choosing and laying out. Not here: any figure's meaning or making (the dbt project).
"""

from pathlib import Path

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


def headline_table(published_file: Path) -> Table:
    """Lay out the portfolio's headline KPIs, a column a month, oldest first.

    Fractions are shown in percent; a month still running is marked with `*`; reasons for missing values stand below.

    Args:
        published_file: the publication.
    """
    with reading(published_file) as published:
        rows = published.connection.execute(
            f"""
            select scorecard.kpi_id, kpi_name, scorecard.unit, month_end, value, reason, is_complete
            from {MARTS_SCHEMA}.scorecard_monthly as scorecard
            inner join {MARTS_SCHEMA}.dim_kpis as kpis on scorecard.kpi_id = kpis.kpi_id
            where level = 'portfolio' and list_contains(?, scorecard.kpi_id)
            """,
            [list(HEADLINES)],
        ).fetchall()
    months = sorted({row[3] for row in rows})[-MONTHS:]
    running = {row[3] for row in rows if not row[6]}
    names = {row[0]: (row[1], row[2]) for row in rows}
    cells = {(kpi_id, month): _cell(value, unit) for kpi_id, _, unit, month, value, _, _ in rows}
    table = Table(title="The portfolio, month by month", title_justify="left", box=SIMPLE_HEAD, padding=(0, 0, 0, 1))
    table.add_column("KPI", max_width=34)
    for month in months:
        table.add_column(f"{month:%b %y}{'*' if month in running else ''}", justify="right", no_wrap=True)
    for kpi_id in HEADLINES:
        if kpi_id in names:
            name, unit = names[kpi_id]
            values = [cells.get((kpi_id, month), "") for month in months]
            table.add_row(f"{name} ({SHORT_UNITS[unit]})" if unit in SHORT_UNITS else name, *values)
    reasons = {row[5] for row in rows if row[4] is None and row[3] in months}
    notes = ["* the month is still running"] if running & set(months) else []
    notes += [f"{NO_VALUE}: {', '.join(sorted(reasons))}"] if reasons else []
    table.caption, table.caption_justify = "; ".join(notes) or None, "left"
    return table


def held_back(published_file: Path) -> str | None:
    """Say how many landed rows wait in quarantine, by table, and where to read why; None when none does.

    Args:
        published_file: the publication.
    """
    with reading(published_file) as published:
        tables = published.connection.execute(
            f"""
            select table_name, count(distinct (source_file, load_id, source_row))
            from {MARTS_SCHEMA}.quarantined_rows group by table_name order by table_name
            """
        ).fetchall()
    if not tables:
        return None
    counts = ", ".join(f"{rows:,} of {table}" for table, rows in tables)
    return f"Held back: {counts}. Why, row by row: {MARTS_SCHEMA}.quarantined_rows"


def _cell(value: float | None, unit: str) -> str:
    if value is None:
        return NO_VALUE
    return f"{value * 100 if unit == 'fraction' else value:,.1f}"

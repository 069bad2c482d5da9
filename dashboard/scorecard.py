"""The KPIs the pages show, each along the months for every group, value of a declared dimension or crew that has it.

Here: which KPIs the pages show, and reading their values, parts, reasons, targets and benchmarks. Not here: their
names, units and better directions, which `dim_kpis` holds, nor which page shows what (static/pages).
"""

from typing import Any

from dashboard.axes import Axes, plain
from dashboard.dimensions import read_kpis_of_values
from duebook.publication.reader import Published

# Made for groups of receivables (portfolio, company, segment, company and segment).
OF_RECEIVABLES = (
    "dso",
    "best_possible_dso",
    "average_days_delinquent",
    "cei",
    "delinquency_rate_amount",
    "serious_delinquency_rate",
    "bad_debt_to_sales",
    "collection_rate",
    "top_10_share",
)
# Made for people (portfolio, team, employee).
OF_PEOPLE = (
    "accounts_per_employee",
    "call_to_promise_ratio",
    "promise_kept_rate",
    "right_party_contact_rate",
    "workload_gini",
    "workload_max_to_mean",
)


def read_scorecard(published: Published, axes: Axes) -> dict[str, dict[str, Any]]:
    """Read the KPIs by id: what the registry says of them, and their figures along the axes."""
    registry = published.records(
        "select kpi_id as id, kpi_name as name, formula, numerator as numerator_name, denominator as denominator_name,"
        " scale, unit, better_direction as better, source from {marts}.dim_kpis where list_contains(?, kpi_id)"
        " order by kpi_id",
        [[*OF_RECEIVABLES, *OF_PEOPLE]],
    )
    of_values = read_kpis_of_values(published, axes, OF_RECEIVABLES)
    return {kpi["id"]: {**kpi, **_figures(published, axes, kpi["id"], of_values[kpi["id"]])} for kpi in registry}


def _figures(published: Published, axes: Axes, kpi_id: str, of_values: list[tuple]) -> dict[str, Any]:
    rows = published.rows(
        "select company_id, segment, team, employee_id, month_end, value, numerator, denominator, reason, level,"
        " target, target_source, target_date, benchmark, benchmark_source, benchmark_date"
        " from {marts}.scorecard_monthly where kpi_id = ?",
        [kpi_id],
    )
    of_people = kpi_id in OF_PEOPLE
    places = axes.crews if of_people else axes.places
    place_of = {
        who: axes.crew_of(*who[2:]) if of_people else axes.group_of(*who[:2]) for who in {row[:4] for row in rows}
    }

    placed = [*((place_of[row[:4]], *row[4:9]) for row in rows), *of_values]

    def along_months(column: int) -> list[list[Any] | None]:
        return axes.along_months(((*row[:2], row[column]) for row in placed), places)

    return {
        "of": "people" if of_people else "receivables",
        "values": along_months(2),
        "numerators": along_months(3),
        "denominators": along_months(4),
        "reasons": _reasons(placed, axes),
        "targets": {
            level: _bars([(row[4], row[10:13]) for row in rows if row[9] == level], axes)
            for level in sorted({row[9] for row in rows if row[10] is not None})
        },
        "benchmarks": _bars([(row[4], row[13:16]) for row in rows], axes),
    }


def _reasons(placed: list[tuple], axes: Axes) -> dict[int, dict[int, str]]:
    """Reasons are few: by place, then by month."""
    at = {month: number for number, month in enumerate(axes.months)}
    reasons: dict[int, dict[int, str]] = {}
    for place, month, *_, reason in placed:
        if reason is not None:
            reasons.setdefault(place, {})[at[month]] = reason
    return reasons


def _bars(rows: list[tuple], axes: Axes) -> dict[str, list]:
    """Return targets or benchmarks month by month, their sources with dates, and each month's source."""
    known = dict(rows)
    bars = [known.get(month) or (None, None, None) for month in axes.months]
    sources = sorted({bar[1:] for bar in bars if bar[0] is not None}, key=str)
    return {
        "values": [plain(value) for value, *_ in bars],
        "sources": [{"source": source, "date": plain(day)} for source, day in sources],
        "source_of": [None if bar[0] is None else sources.index(bar[1:]) for bar in bars],
    }

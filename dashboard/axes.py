"""The axes of the dashboard's figures: months, groups of receivables, values of declared dimensions, people.

Here: reading the axes, and turning rows of marts into lists along them. Not here: which figures there are.

A group is what the filters company and segment pick: none, one or both of them. Groups are numbered
(company + 1) x (segments + 1) + (segment + 1), counting both from 0 and an unset filter as -1, so group 0 is the
portfolio. Values of declared dimensions follow the groups, so that figures of both stand in one list. Crews are
numbered alike: 0 is everybody, then the teams, then the employees. The pages count the same way.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from duebook.publication.reader import Published

# Enough for every unit shown; further digits are rounding errors of binary fractions.
DECIMALS = 6
# Values of a dimension that can be chosen: those with most open.
VALUES = 50
# Newest months that have figures of values: the last whole one, the twelve before it, and the one that runs. Each is a
# look at the whole ledger, so of a ledger of more rows there are only those a change needs.
MONTHS_OF_VALUES, MONTHS_OF_MANY_ROWS = 14, 3
MANY_ROWS = 1_000_000


@dataclass(frozen=True)
class Axes:
    """The axes of one publication. Months are month ends in order, without gaps; ids are in order of their names."""

    months: list[date]
    running: list[bool]
    companies: list[dict[str, str]]
    segments: list[str]
    teams: list[str]
    employees: list[dict[str, str | None]]
    # Declared ones: id, label, the values that can be chosen, and how many there are; the months that have figures of
    # them.
    dimensions: list[dict[str, Any]] = field(default_factory=list)
    months_of_values: list[date] = field(default_factory=list)

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return (len(self.companies) + 1) * (len(self.segments) + 1)

    @property
    def places(self) -> int:
        """How many groups and values of dimensions there are."""
        return self.groups + len(self._values)

    @property
    def crews(self) -> int:
        """How many crews there are."""
        return 1 + len(self.teams) + len(self.employees)

    def group_of(self, company_id: str | None, segment: str | None) -> int:
        """Number a group; None leaves the filter unset."""
        return self._companies[company_id] * (len(self.segments) + 1) + self._segments[segment]

    def has_group(self, company_id: str | None, segment: str | None) -> bool:
        """Return whether the scorecard has such a group: what never owed anything is on no axis."""
        return company_id in self._companies and segment in self._segments

    def place_of(self, dimension: str, value: str) -> int:
        """Number a value of a declared dimension."""
        return self.groups + self._values[dimension, value]

    def has_value(self, dimension: str, value: str) -> bool:
        """Return whether a value can be chosen."""
        return (dimension, value) in self._values

    def crew_of(self, team: str | None, employee_id: str | None) -> int:
        """Number a crew; None twice is everybody."""
        if employee_id is not None:
            return len(self.teams) + self._employees[employee_id]
        return self._teams[team]

    @cached_property
    def _companies(self) -> dict[str | None, int]:
        return _numbered(company["id"] for company in self.companies)

    @cached_property
    def _segments(self) -> dict[str | None, int]:
        return _numbered(self.segments)

    @cached_property
    def _values(self) -> dict[tuple[str, str], int]:
        values = [(dimension["id"], value) for dimension in self.dimensions for value in dimension["values"]]
        return {value: number for number, value in enumerate(values)}

    @cached_property
    def _teams(self) -> dict[str | None, int]:
        return _numbered(self.teams)

    @cached_property
    def _employees(self) -> dict[str | None, int]:
        return _numbered(employee["id"] for employee in self.employees)

    def along_months(self, rows: Iterable[Sequence[Any]], places: int) -> list[list[Any] | None]:
        """Arrange values: for each place (a group, a crew) a list with one value for each month.

        Args:
            rows: (place, month end, value), a month and place at most once.
            places: how many places there are.

        Returns:
            For each place its values along the months, None where there is none; None for a place without rows.
        """
        at = {month: number for number, month in enumerate(self.months)}
        by_place: list[list[Any] | None] = [None] * places
        for place, month_end, value in rows:
            if by_place[place] is None:
                by_place[place] = [None] * len(self.months)
            by_place[place][at[month_end]] = plain(value)
        return by_place

    def as_json(self) -> dict[str, Any]:
        """Return the axes in the form the pages read."""
        return {
            "months": [month.isoformat() for month in self.months],
            "running": self.running,
            "companies": self.companies,
            "segments": self.segments,
            "dimensions": list(self._placed_dimensions()),
            "teams": self.teams,
            "employees": self.employees,
        }

    def _placed_dimensions(self) -> Iterator[dict[str, Any]]:
        """With the place of each one's first value, and the first of the months that have figures of them."""
        for dimension in self.dimensions:
            first_place = self.place_of(dimension["id"], dimension["values"][0])
            yield dimension | {"first_place": first_place, "first_month": self.months.index(self.months_of_values[0])}


def _numbered(ids: Iterable[str]) -> dict[str | None, int]:
    """Number ids from 1; 0 is for none."""
    return {known: number for number, known in enumerate([None, *ids])}


def read_axes(published: Published) -> Axes:
    """Read the axes: months, companies, segments and people of the scorecard, with names, and declared dimensions."""
    months = published.rows(
        "select month_end, not bool_and(is_complete) from {marts}.scorecard_monthly"
        " group by month_end order by month_end"
    )
    companies = published.rows(
        "select company_id, coalesce(max(company_name), company_id)"
        " from (select distinct company_id from {marts}.scorecard_monthly where company_id is not null) as named"
        " left join {marts}.dim_companies using (company_id) group by company_id order by company_id"
    )
    segments = published.rows(
        "select distinct segment from {marts}.scorecard_monthly where segment is not null order by segment"
    )
    teams = published.rows("select distinct team from {marts}.scorecard_monthly where team is not null order by team")
    employees = published.rows(
        "select employee_id, max(employee_name_masked), max(team)"
        " from (select distinct employee_id from {marts}.scorecard_monthly where employee_id is not null) as named"
        " left join (select employee_id, employee_name_masked, team from {marts}.dim_employees) as known"
        " using (employee_id) group by employee_id order by employee_id"
    )
    dimensions = _read_dimensions(published, months[-1][0]) if months else []
    return Axes(
        months=[month for month, _ in months],
        running=[running for _, running in months],
        companies=[{"id": company_id, "name": name} for company_id, name in companies],
        segments=[segment for (segment,) in segments],
        teams=[team for (team,) in teams],
        employees=[
            {"id": employee_id, "name": f"{employee_id} {name}" if name else employee_id, "team": team}
            for employee_id, name, team in employees
        ],
        dimensions=dimensions,
        months_of_values=_months_of_values(published, [month for month, _ in months]) if dimensions else [],
    )


def _months_of_values(published: Published, months: list[date]) -> list[date]:
    [(rows,)] = published.rows("select count(*) from {marts}.fct_receivables_ledger")
    return months[-MONTHS_OF_VALUES:] if rows <= MANY_ROWS else months[-MONTHS_OF_MANY_ROWS:]


def _read_dimensions(published: Published, month: date) -> list[dict[str, Any]]:
    """Read the declared dimensions with their values; none are declared, or an older Duebook published: none."""
    if not published.has("kpis_by_dimension_monthly") or not published.rows(
        "select 1 from {marts}.dim_declared_dimensions"
    ):
        return []
    return published.records(
        """
        select
            dimension as id, label, list(dimension_value order by dimension_value) as values,
            max(there_are) as there_are
        from (
            select dimension, dimension_value, count(*) over (partition by dimension) as there_are
            from {marts}.kpis_by_dimension_monthly
            where month_end = $1 and kpi_id = 'delinquency_rate_amount'
            qualify $2 >= row_number() over (
                partition by dimension order by denominator desc nulls last, dimension_value
            )
        )
        inner join {marts}.dim_declared_dimensions using (dimension)
        group by dimension, label
        order by label, dimension
        """,
        [month, VALUES],
    )


def plain(value: Any) -> Any:
    """Turn a value of a mart into one JSON knows: dates as ISO 8601, numbers rounded to `DECIMALS`."""
    if isinstance(value, Decimal | float):
        rounded = round(float(value), DECIMALS)
        return int(rounded) if rounded.is_integer() else rounded
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value

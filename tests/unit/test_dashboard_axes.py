"""The dashboard's axes: places of groups and crews, and figures laid out along the months."""

from datetime import date
from decimal import Decimal

import pytest

from dashboard.axes import Axes, plain

AXES = Axes(
    months=[date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)],
    running=[False, False, True],
    companies=[{"id": "A", "name": "Acme"}, {"id": "B|C", "name": "Both"}],
    segments=["retail", "unassigned"],
    teams=["North"],
    employees=[{"id": "E1", "name": "E1", "team": "North"}, {"id": "E2", "name": "E2", "team": None}],
)


def test_every_group_has_a_place_of_its_own() -> None:
    places = [AXES.group_of(company, segment) for company in (None, "A", "B|C") for segment in (None, *AXES.segments)]
    assert places == [*range(AXES.groups)] == [*range(9)]


@pytest.mark.parametrize(
    ("company", "segment", "is_there"),
    [(None, None, True), ("A", "retail", True), ("Z", None, False), (None, "never owed", False)],
)
def test_what_is_on_no_axis_is_in_no_group(company: str | None, segment: str | None, is_there: bool) -> None:
    assert AXES.has_group(company, segment) is is_there


def test_every_crew_has_a_place_of_its_own() -> None:
    places = [
        AXES.crew_of(None, None),
        AXES.crew_of("North", None),
        AXES.crew_of(None, "E1"),
        AXES.crew_of("North", "E2"),
    ]
    assert places == [*range(AXES.crews)] == [*range(4)]


def test_figures_stand_under_their_month_and_gaps_stay_gaps() -> None:
    rows = [
        (1, date(2024, 3, 31), Decimal("2.50")),
        (1, date(2024, 1, 31), Decimal("1.00")),
        (0, date(2024, 2, 29), None),
    ]
    assert AXES.along_months(rows, 3) == [[None, None, None], [1, None, 2.5], None]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1.1234567"), 1.123457),
        (2.0, 2),
        (-0.0000001, 0),
        (date(2024, 1, 31), "2024-01-31"),
        (None, None),
        ("x", "x"),
    ],
)
def test_values_become_plain(value: object, shown: object) -> None:
    assert plain(value) == shown

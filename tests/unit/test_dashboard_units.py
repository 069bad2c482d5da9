"""Figures as text: each unit's digits, signs where there is a difference, none at zero."""

from datetime import date, datetime

import pytest

from dashboard.units import MINUS, Unit, change, day, number, plural, time, value

FRACTION, DAYS, EURO = Unit(100, 1, " %", " points"), Unit(1, 1, " days", " days"), Unit(1, 0, " EUR", " EUR")


@pytest.mark.parametrize(
    ("amount", "digits", "text"),
    [
        (1234.5, 1, "1,234.5"),
        (-1234.56, 2, f"{MINUS}1,234.56"),
        (0, 0, "0"),
        (-0.004, 2, "0.00"),
        (-0.0051, 2, f"{MINUS}0.01"),
    ],
)
def test_a_number_has_its_digits_and_zero_no_sign(amount: float, digits: int, text: str) -> None:
    assert number(amount, digits) == text


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [(0.1234, FRACTION, "12.3 %"), (39.82, DAYS, "39.8 days"), (None, DAYS, "n/a"), (-1500, EURO, f"{MINUS}1,500 EUR")],
)
def test_a_figure_is_written_in_its_unit(amount: float | None, unit: Unit, text: str) -> None:
    assert value(amount, unit).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (0.0123, FRACTION, "+1.2 points"),
        (-7.42, DAYS, f"{MINUS}7.4 days"),
        (0.04, DAYS, "±0.0 days"),
        (0.06, DAYS, "+0.1 days"),
        (None, DAYS, "n/a"),
    ],
)
def test_a_difference_has_a_sign(amount: float | None, unit: Unit, text: str) -> None:
    assert change(amount, unit).replace("\N{NO-BREAK SPACE}", " ") == text


def test_days_times_and_counts_are_spelled() -> None:
    assert day(date(2026, 6, 3)) == "3 June 2026"
    assert time(datetime(2026, 6, 3, 6, 5)) == "3 June 2026, 06:05 UTC"
    assert [plural(count, "row", "rows").split("\N{NO-BREAK SPACE}") for count in (1, 1200)] == [
        ["1", "row"],
        ["1,200", "rows"],
    ]

"""The oracle held against figures it did not make: the borrowed data's expected figures, and small cases by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.support.borrowed import AR_500_CUSTOMERS, IBM_LATE_PAYMENTS, BorrowedSet, needs_borrowed
from tests.support.oracle import monthly
from tests.support.oracle.balances import bucket_of, lay
from tests.support.oracle.landing import facts_of
from tests.support.oracle.ledger import Part, build_ledger
from tests.support.oracle.rates import MissingRateError, Rates

MARTS = {
    "dso_monthly": monthly.dso_monthly,
    "cei_monthly": monthly.cei_monthly,
    "delinquency_monthly": monthly.delinquency_monthly,
}
DUE = date(2024, 2, 29)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(IBM_LATE_PAYMENTS, marks=needs_borrowed(IBM_LATE_PAYMENTS.place)),
        pytest.param(AR_500_CUSTOMERS, marks=[needs_borrowed(AR_500_CUSTOMERS.place), pytest.mark.slow]),
    ],
    ids=lambda each: each.name,
)
def borrowed(request: pytest.FixtureRequest) -> tuple[BorrowedSet, dict]:
    """A borrowed set and every level's figures by the oracle."""
    data: BorrowedSet = request.param
    facts = facts_of(data.usable_rows())
    return data, monthly.all_levels(build_ledger(facts, data.as_of), Rates(facts, data.currency))


@pytest.mark.parametrize("mart", MARTS)
def test_the_oracle_gives_every_expected_figure_of_the_borrowed_data(borrowed: tuple, mart: str) -> None:
    """The expected figures were made by others: month by month, level by level, column by column."""
    data, levels = borrowed
    found = MARTS[mart](levels)
    expected = data.expected(mart)
    assert set(found) == set(expected)
    for key, figures in expected.items():
        for column, value in figures.items():
            figure = found[key][column]
            if value is None:
                assert figure is None, (key, column)
            else:
                assert float(figure) == pytest.approx(value, abs=1e-6), (key, column)


@pytest.mark.parametrize(
    ("days_late", "bucket"),
    [
        (-1, "aging_current"),
        (0, "aging_current"),
        (1, "aging_1_30"),
        (30, "aging_1_30"),
        (31, "aging_31_60"),
        (60, "aging_31_60"),
        (61, "aging_61_90"),
        (90, "aging_61_90"),
        (91, "aging_91_120"),
        (120, "aging_91_120"),
        (121, "aging_121_plus"),
        (4000, "aging_121_plus"),
    ],
)
def test_a_bucket_begins_the_day_after_the_last_one_ends(days_late: int, bucket: str) -> None:
    """Due that day is current; 1 to 30 days are the first bucket; 121 and more the last."""
    assert bucket_of(DUE, date.fromordinal(DUE.toordinal() + days_late)) == bucket


@pytest.mark.parametrize(
    ("balance", "left"),
    [(100, (30, 50, 20)), (60, (0, 40, 20)), (0, (0, 0, 0)), (-5, (0, 0, 0)), (110, (30, 50, 30)), (70, (0, 50, 20))],
)
def test_reductions_cover_the_earliest_instalment_first(balance: int, left: tuple[int, ...]) -> None:
    """What is charged above the instalments stays on the last; nothing is below zero."""
    parts = tuple(Part(str(amount), Decimal(amount), ((DUE, DUE),)) for amount in (30, 50, 20))
    assert tuple(lay(Decimal(balance), parts)) == left


@pytest.mark.parametrize(
    ("receivables", "days"), [(212_000, Fraction(60) + Fraction(32, 70) * 30), (0, 0), (-1, 0), (100_000, 30)]
)
def test_countback_takes_the_newest_month_off_first(receivables: int, days: Fraction) -> None:
    """A month whose sales cover what is left ends the count with its share of days."""
    months = [(Fraction(sales), 30) for sales in (100_000, 80_000, 70_000)]
    counted, reason = monthly.countback(Fraction(receivables), months)
    assert (counted, reason) == (days, None if receivables > 0 else "credit_balance")


def test_countback_gives_the_days_so_far_when_history_is_used_up() -> None:
    """A month without sales adds its days and takes nothing off."""
    months = [(Fraction(10), 31), (Fraction(-5), 30), (Fraction(20), 28)]
    assert monthly.countback(Fraction(50), months) == (89, "truncated")


def _rates(*rows: tuple[date, str, str, str]) -> Rates:
    named = [
        {"rate_date": day, "from_currency": from_, "to_currency": to, "rate": Decimal(rate)}
        for day, from_, to, rate in rows
    ]
    return Rates({"exchange_rates": named}, "EUR")


def test_a_rate_is_the_last_one_on_or_before_the_day() -> None:
    """Direct and inverse count alike; one of the day after does not exist yet."""
    rates = _rates((date(2024, 3, 1), "USD", "EUR", "2"), (date(2024, 3, 3), "EUR", "USD", "0.8"))
    assert [rates.rate("USD", date(2024, 3, day)) for day in (1, 2, 3)] == [2, 2, Fraction(5, 4)]


def test_a_rate_older_than_a_week_is_missing() -> None:
    """Seven days are fine, eight are an error that names the day and the pair."""
    rates = _rates((date(2024, 3, 1), "USD", "EUR", "2"))
    assert rates.rate("USD", date(2024, 3, 8)) == 2
    with pytest.raises(MissingRateError, match=r"USD to EUR for 2024-03-09"):
        rates.rate("USD", date(2024, 3, 9))

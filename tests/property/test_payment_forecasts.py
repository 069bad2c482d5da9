"""The forecast of payments held against the naive oracle, and against what may not change it: whatever came later.

The default run tries a history of payments or two, the slow one (`make test-slow`) twenty. Not here: how good the
forecast is (tests/integration/test_forecast_judged.py).
"""

import csv
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.settings import DBT_PROJECT_DIR
from tests.support.compiled_models import KNOWN_DAY, CompiledModels, compiled_models, mart_rows
from tests.support.generators.payments import Rows, payment_history
from tests.support.oracle.landing import recorded
from tests.support.oracle.payments import Forecast, forecasts, spells_in
from tests.support.oracle.weekly_cash import WEEKS, baseline_by_week, billings_again, open_items_by_week

KEY = ("invoice_id", "part")
MARTS = {"payment_forecast": KEY, "cash_forecast_weekly": ("week", "scope")}
DATED = {"invoices": "invoice_date", "receipts": "receipt_date", "applications": "applied_date"}
LATER = KNOWN_DAY + timedelta(90)


@cache
def models_of(as_of: date, known_as_of: date | None = None) -> CompiledModels:
    return compiled_models(as_of, known_as_of).of(MARTS)


def bins() -> list[tuple[int, int]]:
    with (DBT_PROJECT_DIR.parent / "seeds" / "reference" / "payment_lateness_bins.csv").open() as file:
        return [(int(row["first_day"]), int(row["last_day"])) for row in csv.DictReader(file)]


def forecast_of(landing: Rows, as_of: date, known_as_of: date | None = None) -> dict[str, dict[tuple, dict[str, Any]]]:
    with models_of(as_of, known_as_of).build(landing) as connection:
        return {mart: mart_rows(connection, mart, key) for mart, key in MARTS.items()}


@settings(max_examples=1, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_dates_and_probabilities_are_the_oracles(seed: int) -> None:
    with models_of(KNOWN_DAY).build(payment_history(seed, KNOWN_DAY)) as connection:
        expected = forecasts(spells_in(connection), bins(), KNOWN_DAY)
        found = mart_rows(connection, "payment_forecast", KEY)
    assert len(found) == len(expected) > 5
    for (invoice_id, _), row in found.items():
        own = expected[invoice_id]
        expected_dates = [
            day if day is None else row["due_date"] + timedelta(day) for day in (own.p10, own.p50, own.p90)
        ]
        assert [row["p10_date"], row["expected_payment_date"], row["p90_date"]] == expected_dates
        assert row["expected_days_late"] == own.p50
        since_due = (KNOWN_DAY - row["due_date"]).days
        for day in (0, 30, 60, 90):
            assert row[f"p_late_{day}"] == pytest.approx(1 if since_due >= day else own.unpaid[day], abs=2e-6)
        cash = [row[f"expected_cash_{days}d"] for days in (7, 30, 90)]
        balance = float(row["open_balance_reporting"])
        assert [None if each is None else float(each) for each in cash] == pytest.approx(
            [None if left is None else balance * (1 - left) for left in unpaid_after(own, since_due, (7, 30, 90))],
            abs=0.005,
        )


@settings(max_examples=2, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_weekly_cash_is_the_oracles_at_every_level(seed: int) -> None:
    landing = payment_history(seed, KNOWN_DAY)
    with models_of(KNOWN_DAY).build(landing) as connection:
        history = spells_in(connection)
        items = mart_rows(connection, "payment_forecast", KEY).values()
        found = mart_rows(connection, "cash_forecast_weekly", MARTS["cash_forecast_weekly"])
    open_items = open_items_by_week(items, forecasts(history, bins(), KNOWN_DAY), KNOWN_DAY)
    customers = {row["customer_id"]: row for row in landing["customers"]}
    billings = billings_again(landing["invoices"], customers, history, bins(), KNOWN_DAY)
    baseline = baseline_by_week(items, history, KNOWN_DAY)
    scopes = {"portfolio", "company:A", "segment:retail", "segment:wholesale", "currency:INR"}
    assert set(found) == {(week, scope) for week in WEEKS for scope in scopes}
    for (week, scope), row in found.items():
        cash, deviation = open_items[scope][week]
        assert float(row["from_open_items"]) == pytest.approx(cash, abs=0.02)
        assert float(row["p10"]) == pytest.approx(max(cash - 1.2816 * deviation, 0), abs=0.05)
        assert float(row["p90"]) == pytest.approx(cash + 1.2816 * deviation, abs=0.05)
        assert float(row["baseline_from_open_items"]) == pytest.approx(baseline[scope][week], abs=0.001)
        assert float(row["from_billings_to_come"]) == pytest.approx(billings[scope][week], abs=0.1)
        assert row["last_date"] == KNOWN_DAY + timedelta(7 * week) == row["first_date"] + timedelta(6)
    assert sum(by_week[5] for by_week in billings.values()) > 0


def unpaid_after(own: Forecast, since_due: int, days: Sequence[int]) -> list[float | None]:
    """The share unpaid so many days later; before the grid begins nothing is paid, after it nothing more."""
    if not own.unpaid:
        return [None for _ in days]
    first, last = min(own.unpaid), max(own.unpaid)
    return [1.0 if since_due + day < first else own.unpaid[min(since_due + day, last)] for day in days]


@settings(max_examples=1, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_nothing_dated_after_the_day_changes_its_forecast(seed: int) -> None:
    landing = payment_history(seed, LATER)
    by_then = {
        table: [row for row in rows if table not in DATED or row[DATED[table]] <= KNOWN_DAY]
        for table, rows in landing.items()
    }
    assert len(by_then["applications"]) < len(landing["applications"])
    assert forecast_of(landing, KNOWN_DAY) == forecast_of(by_then, KNOWN_DAY)


@settings(max_examples=1, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_nothing_recorded_after_the_day_changes_its_forecast(seed: int) -> None:
    """A third of the payments are learnt of later than the day, many of them dated before it."""
    landing = payment_history(seed, KNOWN_DAY)
    for rows in landing.values():
        for row in rows[::3]:
            row["loaded_at"] += timedelta(30)
    by_then = {table: [row for row in rows if recorded(row).date() <= KNOWN_DAY] for table, rows in landing.items()}
    assert len(by_then["applications"]) < len(landing["applications"])
    known = forecast_of(landing, KNOWN_DAY, KNOWN_DAY)
    assert known == forecast_of(by_then, KNOWN_DAY, KNOWN_DAY)
    assert known != forecast_of(landing, KNOWN_DAY)


@pytest.mark.slow
@pytest.mark.parametrize(
    "holds",
    [
        test_dates_and_probabilities_are_the_oracles,
        test_nothing_dated_after_the_day_changes_its_forecast,
        test_nothing_recorded_after_the_day_changes_its_forecast,
    ],
    ids=lambda holds: holds.__name__,
)
@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_so_it_is_of_twenty_histories(holds: Callable[[int], None], seed: int) -> None:
    holds.hypothesis.inner_test(seed)

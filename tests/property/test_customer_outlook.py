"""What is expected of each customer, held against sums in plain Python over its invoices, and against time.

Not here: the curves and loss rates it is made of (test_payment_forecasts.py, test_allowance.py).
"""

from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from statistics import mean, stdev
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled_models import KNOWN_DAY, CompiledModels, compiled_models, mart_rows
from tests.support.generators.payments import Rows, history_with_losses
from tests.support.oracle.balances import bucket_of
from tests.support.oracle.landing import recorded

MART = "customer_outlook"
NEEDED = 5
CENT = 0.01


@cache
def models_of(as_of: date, known_as_of: date | None = None) -> CompiledModels:
    return compiled_models(as_of, known_as_of).of((MART,))


def outlook_of(landing: Rows, as_of: date, known_as_of: date | None = None) -> dict[tuple, dict[str, Any]]:
    with models_of(as_of, known_as_of).build(landing) as connection:
        return mart_rows(connection, MART, ("customer_id",))


def rows_of(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


@settings(max_examples=2, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_losses_late_money_and_warnings_are_those_of_the_invoices(seed: int) -> None:
    with models_of(KNOWN_DAY).build(history_with_losses(seed, KNOWN_DAY)) as connection:
        found = mart_rows(connection, MART, ("customer_id",))
        items = rows_of(connection, "select * from marts.payment_forecast")
        rates = {
            (row["company_id"], row["segment"], row["bucket_id"]): row["loss_rate"]
            for row in rows_of(
                connection, "select * from intermediate.int_loss_allowances where month_end = '2026-02-28'"
            )
        }
        spells = rows_of(connection, "select * from intermediate.int_payment_spells where is_paid")
    assert len(items) > 5
    in_bucket: dict[tuple, list[dict[str, Any]]] = defaultdict(list)
    for item in items:
        bucket = bucket_of(item["due_date"], KNOWN_DAY).removeprefix("aging_")
        in_bucket[item["company_id"], item["segment"], bucket].append(item)
    lost: dict[str, float] = defaultdict(float)
    for group, its_items in in_bucket.items():
        unpaid = [float(item["open_balance_reporting"]) - float(item["expected_cash_90d"] or 0) for item in its_items]
        balance = sum(float(item["open_balance_reporting"]) for item in its_items)
        for item, left in zip(its_items, unpaid, strict=True):
            lost[item["customer_id"]] += float(rates[group] or 0) * balance * left / sum(unpaid)
    for (customer_id,), row in found.items():
        own = [item for item in items if item["customer_id"] == customer_id]
        if own:
            assert abs(float(row["expected_loss"]) - lost[customer_id]) < CENT
            late = sum(float(item["open_balance_reporting"]) * (item["p_late_30"] or 0) for item in own)
            assert abs(float(row["expected_late_money"] or 0) - late) < CENT
        warns = [item for item in own if soon_late(item)]
        assert (f"{len(warns)} open of" in (row["early_warning"] or "")) == bool(warns)
        assert ("pays" in (row["early_warning"] or "")) == pays_later(spells, customer_id)
    assert [row["customer_id"] for row in sorted(found.values(), key=lambda row: row["expected_rank"])] == [
        row["customer_id"] for row in sorted(found.values(), key=by_what_is_lost)
    ]


def soon_late(item: dict[str, Any]) -> bool:
    return (item["p_late_30"] or 0) >= 0.5 and (KNOWN_DAY - item["due_date"]).days < 8


def pays_later(spells: list[dict[str, Any]], customer_id: str) -> bool:
    """The mean of days late of 90 days beyond the year's before by more than its spread, with five in each."""
    late: dict[bool, list[int]] = {True: [], False: []}
    for spell in spells:
        ago = (KNOWN_DAY - spell["ended_on"]).days
        if spell["customer_id"] == customer_id and ago < 455:
            late[ago < 90].append((spell["ended_on"] - spell["due_date"]).days)
    if min(len(late[True]), len(late[False])) < NEEDED:
        return False
    return mean(late[True]) - mean(late[False]) > stdev(late[False])


def by_what_is_lost(row: dict[str, Any]) -> tuple:
    loss, late = row["expected_loss"], row["expected_late_money"]
    return loss is None, -(loss or 0), late is None, -(late or 0), row["customer_id"]


@settings(max_examples=1, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_nothing_recorded_after_the_day_changes_an_outlook(seed: int) -> None:
    landing = history_with_losses(seed, KNOWN_DAY + timedelta(60))
    by_then = {table: [row for row in rows if recorded(row).date() <= KNOWN_DAY] for table, rows in landing.items()}
    assert len(by_then["applications"]) < len(landing["applications"])
    assert outlook_of(landing, KNOWN_DAY, KNOWN_DAY) == outlook_of(by_then, KNOWN_DAY, KNOWN_DAY)

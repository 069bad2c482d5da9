"""The allowance for credit losses held against the naive oracle, against itself from month to month, and against time.

Here: random ledgers with every situation, and histories with many losses. Not here: published matrices (the unit tests
of int_loss_rates and int_loss_allowances).
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled_models import KNOWN_DAY, MONTH_END, CompiledModels, compiled_models, mart_rows
from tests.support.generators.ledgers import landings
from tests.support.generators.payments import Rows, history_with_losses
from tests.support.oracle.allowance import Event, Key, Month, Provision, allowances
from tests.support.oracle.landing import Landing, recorded

MART = "credit_loss_allowance_monthly"
KEY = ("month_end", "company_id", "segment", "bucket_id")
VERSIONED = {"invoices": "invoice_id", "adjustments": "adjustment_id", "applications": "application_id"}
UNDONE_BY = {"invoices": "voided_date", "applications": "unapplied_date"}
DAYS_TO_CLOSE = timedelta(5)
EARLIER = date(2025, 12, 31)
# What is known of a month only later: not the allowance, but what became of it.
KNOWN_LATER = {"lost_after", "reason_lost_after"}


@cache
def models_of(as_of: date, known_as_of: date | None = None) -> CompiledModels:
    return compiled_models(as_of, known_as_of).of((MART,))


def landed_again(landing: Rows, seed: int) -> Rows:
    """The same, where a third of the records land once more, unchanged, within the year after."""
    draw = random.Random(seed)
    again = {
        table: [
            row | {"loaded_at": row["loaded_at"] + timedelta(draw.randrange(1, 300)), "source_file_number": 20}
            for row in rows
            if table in VERSIONED and draw.random() < 0.3
        ]
        for table, rows in landing.items()
    }
    return {table: [*rows, *again[table]] for table, rows in landing.items()}


def events_of(connection: duckdb.DuckDBPyConnection, landing: Landing) -> list[Event]:
    rows = connection.execute(
        "select item_type, item_id, event_type, fct_receivables_ledger.change_type, company_id, segment, customer_id,"
        " currency_code, due_date, effective_date, cast(recorded_at as date), amount, source_table, source_id,"
        " is_undoing"
        " from marts.fct_receivables_ledger join reference.ledger_event_types using (event_type)"
        " where segment is not null and (item_type = 'invoice' or fct_receivables_ledger.change_type = 'written_off')"
    ).fetchall()
    first = first_recorded(landing)
    return [
        Event(*row[:10], min(row[10], first.get((row[12], row[13], row[14]), row[10])), Fraction(row[11]))  # type: ignore[arg-type]
        for row in rows
    ]


def first_recorded(landing: Landing) -> dict[tuple[str, str, bool], date]:
    """By table, key and whether it was undone by then: the first day a version said so."""
    first: dict[tuple[str, str, bool], date] = {}
    for table, key in VERSIONED.items():
        for row in landing.get(table, ()):
            undone = row.get(UNDONE_BY[table]) is not None if table in UNDONE_BY else True
            for is_undoing in (False, True) if undone else (False,):
                if not row.get("is_deleted"):
                    place = (table, row[key], is_undoing)
                    first[place] = min(first.get(place, date.max), recorded(row).date())
    return first


def began_on(landing: Landing) -> date:
    return min((recorded(row).date() for table in VERSIONED for row in landing.get(table, ())), default=date.max)


def expected_of(connection: duckdb.DuckDBPyConnection, landing: Landing, **given_rates: Any) -> dict[Key, dict]:
    months = connection.execute(
        "select month_start, month_end, balance_date from intermediate.int_months order by month_end"
    ).fetchall()
    rates = dict(
        ((currency, day), Fraction(rate))
        for currency, day, rate in connection.execute(
            "select currency_code, date_day, rate from intermediate.int_exchange_rates_daily where rate is not null"
        ).fetchall()
    )

    def rate(currency: str, day: date) -> Fraction:
        return rates[currency, day]

    events = events_of(connection, landing)
    return allowances(events, [Month(*month) for month in months], began_on(landing), rate, **given_rates)


def assert_as_expected(found: Mapping[tuple, Mapping[str, Any]], expected: Mapping[Key, Mapping[str, Any]]) -> None:
    assert found.keys() == expected.keys()
    for key, row in found.items():
        own = expected[key]
        assert row["cohorts"] == own["cohorts"], key
        assert (row["historical_loss_rate"] is None) == (own["historical_loss_rate"] is None), key
        if own["historical_loss_rate"] is not None:
            assert row["historical_loss_rate"] == pytest.approx(float(own["historical_loss_rate"]), abs=2e-8), key
        for column in ("gross", "specific_gross", "specific_allowance", "written_off", "recovered"):
            assert float(row[column]) == pytest.approx(float(own[column]), abs=1e-4), (key, column)
        for column, digits in (("allowance", 2e-8 * abs(float(own["gross"])) + 1e-4), ("lost_after", 1e-4)):
            value = None if own[column] is None else pytest.approx(float(own[column]), abs=digits)
            assert (None if row[column] is None else float(row[column])) == value, (key, column)


def assert_rolls_forward(rows: Mapping[tuple, Mapping[str, Any]]) -> None:
    """To the last digit, from the first month to the last one, of every bucket and so of their sums."""
    before: dict[tuple, Decimal] = {}
    for key in sorted(rows):
        row = rows[key]
        assert row["opening"] == before.get(key[1:], 0), key
        assert row["opening"] + row["charge"] - row["written_off"] + row["recovered"] == row["closing"], key
        assert row["closing"] == (row["allowance"] or 0), key
        before[key[1:]] = row["closing"]


@pytest.mark.parametrize("as_of", [MONTH_END, pytest.param(KNOWN_DAY, marks=pytest.mark.long)], ids=str)
@settings(max_examples=4, derandomize=True)
@given(data=st.data())
def test_every_allowance_is_the_oracles_and_rolls_forward(as_of: date, data: st.DataObject) -> None:
    landing = data.draw(landings(as_of, 12))
    with models_of(as_of).build(landing) as connection:
        found = mart_rows(connection, MART, KEY)
        assert_as_expected(found, expected_of(connection, landing))
    assert_rolls_forward(found)


@settings(max_examples=1, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_losses_known_late_and_customers_assessed_one_by_one_are_the_oracles(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    landing = landed_again(history_with_losses(seed, KNOWN_DAY), seed)
    folder = tmp_path_factory.mktemp("reference")
    models = with_reference(
        models_of(KNOWN_DAY),
        folder,
        specific_provisions=["A,C0,2025-06-15,0.4,Insolvent,Court", "A,C0,2025-11-01,,Paid again,Court"],
        forward_looking_factors=[",,2000-01-01,1.5,Downturn,Forecast"],
    )
    with models.build(landing) as connection:
        found = mart_rows(connection, MART, KEY)
        provisions = [
            Provision("A", "C0", date(2025, 6, 15), Fraction(2, 5)),
            Provision("A", "C0", date(2025, 11, 1), None),
        ]
        assert_as_expected(found, expected_of(connection, landing, provisions=provisions, factor=Fraction(3, 2)))
    assert_rolls_forward(found)
    assert sum(row["specific_gross"] > 0 for row in found.values()) >= 5
    assert sum((row["historical_loss_rate"] or 0) > 0 for row in found.values()) > 50


def with_reference(models: CompiledModels, folder: Path, **rows: Iterable[str]) -> CompiledModels:
    """The models with other rows in some seeds."""
    seeds = []
    for relation, path, types in models.seeds:
        if path.stem in rows:
            header = path.read_text(encoding="utf-8").splitlines()[0]
            path = folder / path.name
            path.write_text("\n".join([header, *rows[path.stem]]) + "\n", encoding="utf-8")
        seeds.append((relation, path, types))
    return replace(models, seeds=tuple(seeds))


def allowance_until(models: CompiledModels, landing: Landing, month_end: date) -> dict[tuple, dict[str, Any]]:
    with models.build(landing) as connection:
        rows = mart_rows(connection, MART, KEY)
    return {
        key: {column: value for column, value in row.items() if column not in KNOWN_LATER}
        for key, row in rows.items()
        if key[0] <= month_end
    }


@settings(max_examples=2, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_nothing_dated_or_recorded_after_a_month_is_closed_changes_its_allowance(seed: int) -> None:
    """A month is closed five days after its end: what is dated in it and recorded by then counts."""
    landing = landed_again(history_with_losses(seed, KNOWN_DAY), seed)
    closed = EARLIER + DAYS_TO_CLOSE
    by_then = {table: [row for row in rows if recorded(row).date() <= closed] for table, rows in landing.items()}
    late = [
        row for row in landing["adjustments"] if row["adjustment_date"] <= EARLIER and recorded(row).date() > closed
    ]
    assert late
    seen_now = allowance_until(models_of(KNOWN_DAY), landing, EARLIER)
    seen_then = allowance_until(models_of(EARLIER, closed), by_then, EARLIER)
    assert len(seen_then) > 100
    assert seen_now == seen_then

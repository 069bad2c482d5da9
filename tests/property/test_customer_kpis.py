"""Customers' KPIs on random ledgers: where every customer is a segment of its own, they are the segments' KPIs.

Not here: the KPIs of segments (held against the oracle by test_marts.py and test_collections_marts.py), figures by hand
(unit tests of the models).
"""

from datetime import date
from functools import cache

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agreement.comparing import LEVEL_KEY, compare
from tests.support.compiled_models import MID_MONTH, MONTH_END, CompiledModels, compiled_models, mart_rows
from tests.support.generators.ledgers import landings
from tests.support.oracle.landing import Landing

LEDGERS = 12
MART = "customer_kpis_monthly"
ADDS_UP = ("customers_add_up_to_the_kpis", "customer_countback_months_add_up")
# By mart of levels: its columns, and what the view calls those it calls otherwise.
SAME = {
    "dso_monthly": {
        **{name: name for name in ("days", "opening_receivables", "receivables", "current_receivables")},
        **{name: name for name in ("past_due_receivables", "open_invoices", "net_credit_sales", "dso", "dso_gross")},
        **{name: name for name in ("dso_countback", "best_possible_dso", "average_days_delinquent", "reason")},
        **{name: name for name in ("reason_countback", "is_complete")},
    },
    "cei_monthly": {
        name: name for name in ("taken_over", "cash_received", "collection_rate", "reason_collection_rate")
    },
    "delinquency_monthly": {
        **{name: name for name in ("open_invoice_count", "past_due_invoice_count")},
        **{name: name for name in ("delinquency_rate_amount", "delinquency_rate_count")},
        "reason": "reason_delinquency",
        "reason_count": "reason_delinquency_count",
    },
    "payment_behaviour_monthly": {
        name: name for name in ("cash_applied_with_due_date", "cash_days_late", "average_days_late", "reason_days_late")
    },
}
AMOUNTS = ("opening_receivables", "receivables", "net_credit_sales", "cash_received", "cash_days_late")


@cache
def models_of(as_of: date) -> CompiledModels:
    return compiled_models(as_of).of((MART, "customer_countback_months", "receivables_daily", *SAME))


def with_own_segments(landing: Landing) -> Landing:
    return {**landing, "customers": [{**row, "segment": row["customer_id"]} for row in landing["customers"]]}


def assert_customers_are_segments(as_of: date, landing: Landing) -> None:
    models = models_of(as_of)
    with models.build(with_own_segments(landing)) as connection:
        found = mart_rows(connection, MART, ("month_end", "customer_id"))
        expected = of_segments(connection)
        assert [rows for name in ADDS_UP if (rows := models.failures(connection, name))] == []
    assert found.keys() <= expected.keys()
    # Whoever has no row has had nothing for a year.
    idle = [key for key in expected.keys() - found.keys() if any(expected[key][name] for name in AMOUNTS)]
    assert idle == []
    assert [str(each) for each in compare(MART, {key: expected[key] for key in found}, found)] == []


def of_segments(connection: duckdb.DuckDBPyConnection) -> dict[tuple, dict]:
    """The rows the view should have by month and customer."""
    expected: dict[tuple, dict] = {}
    for mart, columns in SAME.items():
        for (month_end, level, _, segment), row in mart_rows(connection, mart, LEVEL_KEY).items():
            if level == "segment":
                own = expected.setdefault((month_end, segment), {})
                own |= {called: row[name] for name, called in columns.items()}
    return expected


@settings(max_examples=2, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS))
def test_a_customer_has_the_kpis_of_a_segment_of_its_own(landing: Landing) -> None:
    assert_customers_are_segments(MID_MONTH, landing)


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=40)
@given(data=st.data())
def test_a_customer_has_the_kpis_of_a_segment_of_its_own_on_hundreds_of_ledgers(
    as_of: date, data: st.DataObject
) -> None:
    assert_customers_are_segments(as_of, data.draw(landings(as_of, LEDGERS)))


COUNTED = "marts.customer_countback_months"
SPOILT = [
    (
        ADDS_UP[0],
        "insert into marts.customer_payments_monthly (month_end, customer_id, cash_applied_with_due_date,"
        " cash_days_late) values ('2026-03-31', 'nobody', 0, 0.01)",
    ),
    (ADDS_UP[0], "update marts.kpi_contributions_monthly set open_invoice_count = open_invoice_count + 1"),
    # A table in place of the view.
    (
        ADDS_UP[1],
        f"create table marts.counted as select * replace (days_counted + 0.001 as days_counted) from {COUNTED};"
        f" drop view {COUNTED}; create table {COUNTED} as select * from marts.counted",
    ),
]


@settings(max_examples=1, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS))
def test_customers_that_do_not_add_up_are_noticed(landing: Landing) -> None:
    """The test of the data test above."""
    models = models_of(MID_MONTH)
    with models.build(landing) as connection:
        for name, spoil in SPOILT:
            assert models.failures(connection, name) == []
            connection.execute("begin")
            connection.execute(spoil)
            assert models.failures(connection, name) != []
            connection.execute("rollback")

"""On random ledgers: what bears interest is what the days have past due, and interest is that of each day by itself.

Here: every item and month held against a count of single days, by rates that change within months. Not here: day counts
and minimums (unit tests of interest_on_arrears_monthly).
"""

from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled_models import MID_MONTH, MONTH_END, CompiledModels, compiled_models
from tests.support.generators.ledgers import landings
from tests.support.oracle.landing import Landing

MARTS = ("interest_on_arrears_monthly", "receivables_daily")
ADDS_UP = "arrears_add_up_to_the_past_due_of_each_day"
LEDGERS = 8
# One policy for all, of a rate that changes every 40 days and of which some days have none.
RATES = """
    insert into reference.interest_rates
    select 'own', date '2015-01-01' + cast(40 * number as integer), date '2015-02-05' + cast(40 * number as integer),
        number % 7, 'test', date '2015-01-01'
    from range(130) as numbers (number)
"""
POLICY = """
    insert into reference.interest_policies
    select 'own', null, null, null, null, null, 'own', 8, 'each_day', 'actual/365', 0, 'test'
"""
# What each part of an invoice owes at the close of each day it is past due, one day after the other, and its rate.
OF_SINGLE_DAYS = """
    with days as (
        select month_end, date_day, item_id, instalment_id, due_date, sum(amount) as balance
        from marts.dim_dates inner join marts.fct_receivables_ledger on effective_date <= date_day
        where is_in_history and due_date < date_day and item_type = 'invoice' and segment is not null
        group by month_end, date_day, item_id, instalment_id, due_date
        having sum(amount) <> 0
    )
    select month_end, item_id, instalment_id, due_date, count(*), count(*) - count(annual_percent), sum(balance),
        sum(cast(balance as double) * cast(annual_percent as double)) / 36500
    from days left join marts.dim_interest_policies on date_day between valid_from and valid_to
    group by month_end, item_id, instalment_id, due_date
    order by month_end, item_id, instalment_id, due_date
"""
OF_THE_VIEW = """
    select month_end, invoice_id, instalment_id, due_date, days_in_arrears, days_without_rate, principal_days, interest
    from marts.interest_on_arrears_monthly
    order by month_end, invoice_id, instalment_id, due_date
"""
# A view's amounts have four places, and the daily rate it multiplies by sixteen.
A_ROUNDING = 0.0001


def with_own_policy(models: CompiledModels, connection: duckdb.DuckDBPyConnection) -> None:
    """Put the policy of this test in the place of the shipped ones, and build again what reads them."""
    connection.execute("delete from reference.interest_policies; delete from reference.interest_rates")
    connection.execute(RATES)
    connection.execute(POLICY)
    [node] = [node for node in models.manifest["nodes"].values() if node["name"] == "dim_interest_policies"]
    connection.execute(f"create or replace table {node['relation_name']} as {node['compiled_code']}")


def hold_the_interest(models: CompiledModels, landing: Landing) -> None:
    with models.build(landing) as connection:
        with_own_policy(models, connection)
        assert models.failures(connection, ADDS_UP) == []
        expected = connection.execute(OF_SINGLE_DAYS).fetchall()
        found = connection.execute(OF_THE_VIEW).fetchall()
    assert [row[:-1] for row in found] == [row[:-1] for row in expected]
    for (*item, interest), (*_, of_days) in zip(found, expected, strict=True):
        if of_days is None:
            assert interest is None, item
        else:
            assert float(interest) == pytest.approx(of_days, abs=A_ROUNDING), item


@settings(max_examples=3, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS))
def test_interest_is_that_of_each_day(landing: Landing) -> None:
    hold_the_interest(compiled_models(MID_MONTH).of(MARTS), landing)


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=60)
@given(data=st.data())
def test_interest_is_that_of_each_day_on_hundreds_of_ledgers(as_of: date, data: st.DataObject) -> None:
    drawn = landings(as_of, LEDGERS).filter(lambda landing: len(landing["invoices"]) > 0)
    hold_the_interest(compiled_models(as_of).of(MARTS), data.draw(drawn))


@settings(max_examples=1, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS))
def test_arrears_that_do_not_add_up_are_noticed(landing: Landing) -> None:
    """The test of the data test: a cent past due that no item has."""
    models = compiled_models(MID_MONTH).of(MARTS)
    with models.build(landing) as connection:
        connection.execute("update marts.receivables_daily set aging_31_60 = aging_31_60 + 0.01")
        assert models.failures(connection, ADDS_UP) != []

"""On random ledgers: statements of all customers add up to the marts, for any period, by company, segment and currency.

Here: opening and closing balances, ages, credits. Not here: statements worked by hand
(tests/integration/test_statements_by_hand.py).
"""

from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.publication.reader import Published
from statements.question import Period
from tests.support.compiled_models import MID_MONTH, compiled_models
from tests.support.generators.ledgers import landings
from tests.support.oracle.landing import Landing
from tests.support.publications.statements import MARTS, built
from tests.support.statements import wrong_sums

LEDGERS = 8
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))


def wrong(connection: duckdb.DuckDBPyConnection, data: st.DataObject, periods: int) -> list[str]:
    """What does not add up, over some periods of a ledger."""
    published = Published(connection)
    [(begins, ends)] = published.rows("select min(date_day), max(date_day) from {marts}.receivables_daily")
    if begins is None:
        return []
    days = st.integers(-2, (ends - begins).days).map(lambda number: begins + timedelta(days=number))
    drawn = [sorted((data.draw(days), data.draw(days))) for _ in range(periods)]
    return [
        said
        for first, last in [*drawn, (begins, ends), (ends, ends)]
        if last >= begins
        for said in wrong_sums(published, Period(first, last))
    ]


@settings(max_examples=2, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS), data=st.data())
def test_statements_add_up_to_the_marts(landing: Landing, data: st.DataObject) -> None:
    with compiled_models(MID_MONTH).of(MARTS).build(landing) as connection:
        assert wrong(connection, data, 8) == []


@pytest.mark.slow
@settings(max_examples=60)
@given(landing=landings(MID_MONTH, LEDGERS), data=st.data())
def test_statements_add_up_to_the_marts_of_hundreds_of_ledgers(landing: Landing, data: st.DataObject) -> None:
    with compiled_models(MID_MONTH).of(MARTS).build(landing) as connection:
        assert wrong(connection, data, 20) == []


# A wrong figure each, and what has to be said of it. I2 is 17 days past due, and 31 with 14 more.
DAILY, LAST = "update marts.receivables_daily set", "where date_day = '2026-02-28'"
SPOILT = {
    f"{DAILY} closing_balance = closing_balance + 0.01 where date_day = '2026-01-31'": "opening of",
    f"{DAILY} closing_balance = closing_balance + 0.01 {LAST}": "closing_balance of",
    f"{DAILY} aging_1_30 = aging_1_30 + 0.01 {LAST}": "aging_1_30 of",
    "update marts.aging_monthly set unapplied_credits = unapplied_credits - 0.01": "unapplied_credits of customers of",
    "update marts.fct_receivables_ledger set due_date = due_date - 14 where item_id = 'I2'": "aging_1_30 of",
    "delete from marts.fct_receivables_ledger where event_type = 'receipt_reversed'": "closing_balance of",
}


@pytest.mark.parametrize(("spoilt", "said"), SPOILT.items())
def test_what_does_not_add_up_is_noticed(spoilt: str, said: str) -> None:
    """The test of the tests above."""
    with built() as connection:
        assert wrong_sums(Published(connection), FEBRUARY) == []
        connection.execute(spoilt)
        assert any(one.startswith(said) for one in wrong_sums(Published(connection), FEBRUARY))

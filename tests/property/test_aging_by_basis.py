"""On random ledgers: aging by any date adds up to what is open, and by due date it is that of aging_monthly.

Here: every customer and month, and the days to come, held against the ledger and the other mart. Not here: which bucket
an age is in (unit tests of aging_by_basis_monthly).
"""

from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled_models import MID_MONTH, MONTH_END, CompiledModels, compiled_models
from tests.support.generators.ledgers import landings
from tests.support.oracle.landing import Landing

MARTS = ("aging_by_basis_monthly", "aging_monthly", "receivables_daily", "open_items")
ADDS_UP = "every_aging_basis_adds_up_to_receivables"
LEDGERS = 8
BUCKETS = ("current", "1_30", "31_60", "61_90", "91_120", "121_plus", "no_due_date")
COLUMNS = ", ".join(("receivables", "unapplied_credits", *(f"aging_{bucket}" for bucket in BUCKETS)))
KEY = "month_end, company_id, customer_id, segment, currency_code"
# Rows of one and not of the other. A customer whose items cancel out has a row of zeros by basis only.
DIFFERENCES = f"""
    with by_basis as (
        select {KEY}, {COLUMNS} from marts.aging_by_basis_monthly where basis = 'due_date' and not is_ahead
    ),
    monthly as (select {KEY}, {COLUMNS} from marts.aging_monthly),
    either as ((table by_basis except table monthly) union all (table monthly except table by_basis))
    select * from either
    where abs(receivables) + abs(unapplied_credits) + {" + ".join(f"abs(aging_{bucket})" for bucket in BUCKETS)} > 0
"""
# All three bases are of the same balances, and only a due date may be missing.
BY_BASIS = f"""
    select {KEY}, is_ahead from marts.aging_by_basis_monthly group by {KEY}, is_ahead
    having count(*) <> 3 or min(receivables) <> max(receivables) or min(unapplied_credits) <> max(unapplied_credits)
        or max(case when basis <> 'due_date' then abs(aging_no_due_date) else 0 end) <> 0
"""
# What is open on the as-of day is past due on a day to come if its due date is before that day; or it has none.
PAST_DUE_AHEAD = """
    with parts as (
        select due_date, sum(amount) as balance from marts.fct_receivables_ledger
        where item_type = 'invoice' and segment is not null group by item_id, due_date
    ),
    days as (select distinct aged_on from marts.aging_by_basis_monthly where is_ahead)
    select aged_on, sum(case when due_date < aged_on then balance else 0 end),
        sum(case when due_date < aged_on - 120 then balance else 0 end)
    from days cross join parts group by aged_on order by aged_on
"""
OF_THE_VIEW = """
    select aged_on, sum(aging_1_30 + aging_31_60 + aging_61_90 + aging_91_120 + aging_121_plus), sum(aging_121_plus)
    from marts.aging_by_basis_monthly where is_ahead and basis = 'due_date' group by aged_on order by aged_on
"""


def hold_the_bases(models: CompiledModels, landing: Landing) -> None:
    with models.build(landing) as connection:
        assert models.failures(connection, ADDS_UP) == []
        assert rows(connection, DIFFERENCES) == []
        assert rows(connection, BY_BASIS) == []
        assert rows(connection, OF_THE_VIEW) == rows(connection, PAST_DUE_AHEAD)


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return connection.execute(query).fetchall()


@settings(max_examples=3, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS))
def test_every_basis_adds_up(landing: Landing) -> None:
    hold_the_bases(compiled_models(MID_MONTH).of(MARTS), landing)


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=60)
@given(data=st.data())
def test_every_basis_adds_up_on_hundreds_of_ledgers(as_of: date, data: st.DataObject) -> None:
    drawn = landings(as_of, LEDGERS).filter(lambda landing: len(landing["invoices"]) > 0)
    hold_the_bases(compiled_models(as_of).of(MARTS), data.draw(drawn))


@settings(max_examples=1, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS))
def test_an_aging_that_does_not_add_up_is_noticed(landing: Landing) -> None:
    """The test of the data test: a cent that the days don't have, and one in another bucket."""
    models = compiled_models(MID_MONTH).of(MARTS)
    with models.build(landing) as connection:
        for spoilt in ("closing_balance = closing_balance + 0.01", "aging_31_60 = aging_31_60 + 0.01"):
            connection.execute("begin")
            connection.execute(f"update marts.receivables_daily set {spoilt}")
            assert models.failures(connection, ADDS_UP) != [], spoilt
            connection.execute("rollback")

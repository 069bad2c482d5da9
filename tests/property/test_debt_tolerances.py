"""Rests within a declared tolerance are no debts: worked by hand to the cent, and on random ledgers by the data tests.

Here: which counts, lists and ages leave rests out, and that no balance does. Not here: random ledgers held against the
oracle (test_marts.py, test_service_marts.py), increments (test_increments.py), the seed's own rules
(tests/integration/test_declared_policies.py).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings

from tests.support.compiled_models import MID_MONTH, MONTH_END, REPORTING_CURRENCY, CompiledModels, compiled_models
from tests.support.debt_tolerances import OF_RANDOM_LEDGERS, with_tolerances
from tests.support.documents import COMPANY, FOREIGN, JANUARY, Row, invoice, paid, rate
from tests.support.generators.ledgers import landed_in_order, landings
from tests.support.oracle.landing import Landing

LEDGERS = 8
OF_FIVE = {REPORTING_CURRENCY: Decimal(5)}
PAID = date(2024, 2, 5)
# Due after 31 January, 19 days before the as-of day.
LATER = date(2024, 1, 21)
BALANCES = ("receivables_daily", "dso_monthly", "cei_monthly", "aging_by_basis_monthly", "fct_receivables_ledger")
COUNTED = ("kpi_contributions_monthly", "aging_monthly", "delinquency_monthly", "customer_kpis_monthly")
LISTS = ("collections_worklist", "dunning_proposals", "customer_risk")
MARTS = (*BALANCES, *COUNTED, *LISTS, "measures_by_fiscal_period", "open_item_measures_monthly", "dim_kpis")
MARTS += ("customer_measures_monthly", "int_level_measures", "scorecard_monthly", "kpis_by_fiscal_period", "dim_months")
ADDS_UP = (
    "parts_add_up_to_their_levels",
    "customers_add_up_to_the_kpis",
    "contributions_add_up_to_the_kpis",
    "worklist_adds_up_to_past_due_receivables",
    "every_customer_on_the_worklist_has_one_proposal",
    "fiscal_periods_of_months_are_the_months",
)
CALENDAR = (
    "insert into reference.fiscal_years select y, make_date(y, 1, 1), 'months', null from range(1990, 2031) as t (y)"
)


def owed(customer: str, rest: str, **more: object) -> list[Row]:
    """An invoice of 100 of January, due on the 21st, of which a rest is left since February; below zero: a credit."""
    own = {"customer_id": customer} | more
    payment = paid(str(100 - Decimal(rest)), PAID, f"P_{customer}", f"I_{customer}", **own)
    return [("customers", {"customer_id": customer}), invoice(f"I_{customer}", **own), *payment]


RESTS = [
    COMPANY,
    *owed("inside", "5.00"),
    *owed("outside", "5.01"),
    *owed("credit_inside", "-5.00"),
    *owed("credit_outside", "-5.01"),
    *owed("abroad", "0.01", currency_code=FOREIGN),
    *owed("both", "5.00"),
    invoice("later", day=LATER, customer_id="both"),
    *(rate(JANUARY + timedelta(days=days), "2") for days in range(0, 60, 5)),
]


def built(landing: Landing, tolerances: dict[str, Decimal], as_of: date = MONTH_END) -> duckdb.DuckDBPyConnection:
    models: CompiledModels = compiled_models(as_of).of(MARTS)
    return (with_tolerances(models, tolerances) if tolerances else models).build(landing)


@pytest.fixture(scope="module")
def marts() -> Iterator[duckdb.DuckDBPyConnection]:
    with built(landed_in_order(RESTS, MONTH_END), OF_FIVE) as connection:
        yield connection


def test_counts_leave_rests_out_from_the_month_they_became_rests(marts: duckdb.DuckDBPyConnection) -> None:
    """In January all seven invoices are owed whole, and six are past due; later is due in February."""
    query = """select month_end, open_invoice_count, past_due_invoice_count, open_accounts, past_due_accounts,
        open_invoices, past_due_receivables from marts.delinquency_monthly where scope = 'portfolio' order by 1"""
    assert marts.execute(query).fetchall() == [
        (date(2024, 1, 31), 7, 6, 6, 6, 800, 700),
        (MONTH_END, 4, 3, 4, 3, Decimal("115.03"), Decimal("115.03")),
    ]


def test_the_worklist_has_no_rests_and_ages_by_debts(marts: duckdb.DuckDBPyConnection) -> None:
    """Who has a debt beside a rest is asked for both, by the age of the debt."""
    listed = [
        ("abroad", Decimal("0.02"), 39),
        ("both", Decimal("105.00"), 19),
        ("outside", Decimal("5.01"), 39),
    ]
    for mart, amount in (("collections_worklist", "past_due_receivables"), ("dunning_proposals", "net_past_due")):
        query = f"select customer_id, {amount}, oldest_past_due_days from marts.{mart} order by customer_id"
        assert marts.execute(query).fetchall() == listed
    query = "select past_due_receivables, oldest_past_due_days from marts.customer_risk where customer_id = 'inside'"
    assert marts.execute(query).fetchall() == [(5, 0)]


def test_each_customer_and_item_counts_as_the_portfolio_does(marts: duckdb.DuckDBPyConnection) -> None:
    customers = """select customer_id, open_invoice_count, past_due_invoice_count from marts.customer_kpis_monthly
        where month_end = ? order by 1"""
    assert marts.execute(customers, [MONTH_END]).fetchall() == [
        ("abroad", 1, 1),
        ("both", 1, 1),
        ("credit_inside", 0, 0),
        ("credit_outside", 1, 0),
        ("inside", 0, 0),
        ("outside", 1, 1),
    ]
    items = """select item_id from marts.open_item_measures_monthly
        where month_end = ? and scope = 'portfolio' and open_invoice_count = 1 order by 1"""
    counted = [item for (item,) in marts.execute(items, [MONTH_END]).fetchall()]
    assert counted == ["I_abroad", "I_credit_outside", "I_outside", "later"]


def test_no_balance_knows_a_tolerance(marts: duckdb.DuckDBPyConnection) -> None:
    with built(landed_in_order(RESTS, MONTH_END), {}) as without:
        for mart in BALANCES:
            query = f"select * from marts.{mart} order by all"
            assert marts.execute(query).fetchall() == without.execute(query).fetchall(), mart
        amounts = "select * exclude (open_invoice_count, past_due_invoice_count) from marts.aging_monthly order by all"
        assert marts.execute(amounts).fetchall() == without.execute(amounts).fetchall()
        counts = """select sum(open_invoice_count), sum(past_due_invoice_count) from marts.aging_monthly
            where month_end = ?"""
        assert marts.execute(counts, [MONTH_END]).fetchall() == [(4, 3)]
        assert without.execute(counts, [MONTH_END]).fetchall() == [(7, 5)]


@settings(max_examples=2, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS))
def test_customers_items_and_fiscal_periods_count_as_the_months(landing: Landing) -> None:
    with built(landing, OF_RANDOM_LEDGERS, MID_MONTH) as connection:
        connection.execute(CALENDAR)
        models = compiled_models(MID_MONTH)
        nodes = {node["name"]: node for node in models.manifest["nodes"].values() if node["resource_type"] == "model"}
        for name in ("int_fiscal_periods", "dim_dates"):
            node = nodes[name]
            connection.execute(f"create or replace table {node['relation_name']} as {node['compiled_code']}")
        assert {test: found for test in ADDS_UP if (found := models.failures(connection, test))} == {}


def test_a_debt_that_is_missing_from_the_worklist_is_noticed(marts: duckdb.DuckDBPyConnection) -> None:
    """The test of the data test: a rest may be missing, a debt not; and no debt may be taken for a rest."""
    models = compiled_models(MONTH_END)
    worklist = "worklist_adds_up_to_past_due_receivables"
    assert models.failures(marts, worklist) == []
    for change in (
        "delete from marts.collections_worklist where customer_id = 'outside'",
        "update marts.aging_monthly set past_due_invoice_count = 0 where customer_id = 'outside'",
        "update marts.aging_monthly set past_due_invoice_count = 1 where customer_id = 'inside'",
    ):
        marts.execute("begin")
        marts.execute(change)
        assert models.failures(marts, worklist) != [], change
        marts.execute("rollback")

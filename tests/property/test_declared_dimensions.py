"""Declared dimensions on random ledgers: values of documents drawn at random, held against sums in plain Python.

Here: which value each document has, and that each dimension adds up to what is open. Not here: which bucket an age is
in (unit tests of aging_by_dimension_monthly), messages about declarations (tests/unit/test_dimensions.py).
"""

import json
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from random import Random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled_models import MID_MONTH, MONTH_END, CompiledModels, compiled_models
from tests.support.declared_dimensions import declare
from tests.support.documents import COMPANY, invoice, receipt
from tests.support.generators.ledgers import landed_in_order, landings
from tests.support.oracle.landing import Landing

MARTS = ("aging_by_dimension_monthly", "document_dimensions", "receivables_daily", "aging_monthly")
KPI_MARTS = ("kpis_by_dimension_monthly", "scorecard_monthly", "document_dimensions")
KPIS_ADD_UP = "dimensions_add_up_to_the_kpis"
ADDS_UP = "dimensions_add_up_to_receivables"
KEY = "key_of_document_dimensions"
LEDGERS = 8
SOLD_BY, SALES_REP = "Sold by", "Sales rep"
DECLARED = [
    ("salesperson", "invoices", SOLD_BY),
    ("salesperson", "receipts", SOLD_BY),
    ("salesperson", "customers", SALES_REP),
    ("project", "invoices", "Project"),
    ("of_nobody", "credit_memos", "Never landed"),
]
PEOPLE = (None, "Anna", "Ben", "Cleo", "")


def with_values(landing: Landing, seed: int) -> Landing:
    """Documents and customers get columns that the contract doesn't know, each version of a row its own."""
    draw = Random(seed)

    def of(row: dict, *columns: str) -> dict:
        cells = {column: value for column in columns if (value := draw.choice(PEOPLE)) is not None}
        return {**row, "extra_columns": json.dumps(cells) if cells else None}

    return {
        **landing,
        "invoices": [of(row, SOLD_BY, "Project") for row in landing["invoices"]],
        "receipts": [of(row, SOLD_BY) for row in landing["receipts"]],
        "customers": [of(row, SALES_REP) for row in landing["customers"]],
    }


# What is open of each item at each month's end, and of each value.
BY_ITEM = """
    select month_end, item_type, item_id, sum(amount)
    from marts.fct_receivables_ledger inner join marts.dim_months on effective_date <= balance_date
    where segment is not null group by all having sum(amount) <> 0
"""
BY_VALUE = """
    select month_end, dimension, value, sum(receivables) from marts.aging_by_dimension_monthly group by all
"""
OF_NO_VALUE = """
    select kpi_id, valued.value, whole.value
    from marts.kpis_by_dimension_monthly as valued
    inner join marts.scorecard_monthly as whole using (month_end, kpi_id)
    where dimension = 'of_nobody' and whole.scope = 'portfolio'
"""
SEEDS = st.integers(0, 10_000)


def hold_the_dimensions(models: CompiledModels, landing: Landing) -> None:
    with models.build(landing) as connection:
        assert rows(connection, "select * from marts.aging_by_dimension_monthly") == []
        declare(models, connection, DECLARED)
        assert {test: found for test in (ADDS_UP, KEY) if (found := models.failures(connection, test))} == {}
        values = {
            tuple(key): value
            for *key, value in rows(
                connection, "select item_type, item_id, dimension, value from marts.document_dimensions"
            )
        }
        expected: dict[tuple, Decimal] = defaultdict(Decimal)
        for month_end, item_type, item_id, balance in rows(connection, BY_ITEM):
            document = "invoice" if item_type == "overpayment" else item_type
            for dimension in {dimension for dimension, _, _ in DECLARED}:
                value = values.get((document, item_id, dimension), "(none)")
                expected[month_end, dimension, value] += balance
        found = {tuple(key): amount for *key, amount in rows(connection, BY_VALUE)}
        assert {key: amount for key, amount in found.items() if amount} == {
            key: amount for key, amount in expected.items() if amount
        }


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return connection.execute(query).fetchall()


@settings(max_examples=3, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS), seed=SEEDS)
def test_each_dimension_adds_up(landing: Landing, seed: int) -> None:
    hold_the_dimensions(compiled_models(MID_MONTH).of(MARTS), with_values(landing, seed))


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=60)
@given(data=st.data(), seed=SEEDS)
def test_each_dimension_adds_up_on_hundreds_of_ledgers(as_of: date, data: st.DataObject, seed: int) -> None:
    landing = data.draw(landings(as_of, LEDGERS).filter(lambda landing: len(landing["invoices"]) > 0))
    hold_the_dimensions(compiled_models(as_of).of(MARTS), with_values(landing, seed))


@settings(max_examples=1, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS), seed=SEEDS)
def test_a_dimension_that_does_not_add_up_is_noticed(landing: Landing, seed: int) -> None:
    """The test of the data tests: a document with two values, and an aging that the days don't have."""
    models = compiled_models(MID_MONTH).of(MARTS)
    twice = "insert into marts.document_dimensions select item_type, item_id, 'project', 'Two'"
    spoilt = {
        KEY: f"{twice} from marts.document_dimensions where dimension = 'project'",
        ADDS_UP: "update marts.receivables_daily set aging_31_60 = aging_31_60 + 0.01",
    }
    with models.build(with_values(landing, seed)) as connection:
        declare(models, connection, DECLARED)
        for test, change in spoilt.items():
            connection.execute("begin")
            connection.execute(change)
            assert models.failures(connection, test) != [], test
            connection.execute("rollback")


def hold_the_kpis(as_of: date, landing: Landing) -> None:
    """The data test, and that a dimension of which no document has a value is the portfolio."""
    models = compiled_models(as_of).of(KPI_MARTS)
    with models.build(landing) as connection:
        declare(models, connection, DECLARED)
        assert models.failures(connection, KPIS_ADD_UP) == []
        of_nobody = rows(connection, OF_NO_VALUE)
        assert len({kpi_id for kpi_id, *_ in of_nobody}) == 17
        differing = [
            (kpi_id, value, whole)
            for kpi_id, value, whole in of_nobody
            if (value is None) != (whole is None) or (value is not None and value != pytest.approx(whole, 1e-3, 1e-3))
        ]
        assert differing == []


@settings(max_examples=1, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS), seed=SEEDS)
def test_kpis_of_values_are_made_as_the_portfolio_s(landing: Landing, seed: int) -> None:
    hold_the_kpis(MID_MONTH, with_values(landing, seed))


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=20)
@given(data=st.data(), seed=SEEDS)
def test_kpis_of_values_are_made_as_the_portfolio_s_on_many_ledgers(
    as_of: date, data: st.DataObject, seed: int
) -> None:
    landing = data.draw(landings(as_of, LEDGERS).filter(lambda landing: len(landing["invoices"]) > 0))
    hold_the_kpis(as_of, with_values(landing, seed))


def card(rep: str, since: date) -> tuple[str, dict]:
    extra = json.dumps({SALES_REP: rep})
    return "customers", {"customer_id": "C", "extra_columns": extra, "updated_at": datetime(since.year, since.month, 1)}


def test_a_salesperson_who_changes_in_the_middle_of_the_year_by_hand() -> None:
    """Anna sells until September 2023, Ben from October on. Today's card says Ben, and Anna's debts stay Anna's.

    Her invoice of 100 of 30 September is unpaid; of his of 200 of 1 October 50 are unapplied. The invoice of 400 of
    November says itself that Cleo sold it.
    """
    landed = [
        COMPANY,
        card("Anna", date(2023, 1, 1)),
        card("Ben", date(2023, 10, 1)),
        invoice("I1", "100", date(2023, 9, 30)),
        invoice("I2", "200", date(2023, 10, 1)),
        invoice("I3", "400", date(2023, 11, 5), extra_columns=json.dumps({SOLD_BY: " Cleo "})),
        receipt("R", "50", date(2023, 12, 1)),
    ]
    models = compiled_models(MONTH_END).of(MARTS)
    with models.build(landed_in_order(landed, MONTH_END)) as connection:
        declare(models, connection, DECLARED[:3])
        found = rows(
            connection,
            "select month_end, value, receivables, aging_current, aging_61_90 from marts.aging_by_dimension_monthly"
            " where month_end in ('2023-10-31', '2023-12-31') order by month_end, value",
        )
    october, december = date(2023, 10, 31), date(2023, 12, 31)
    assert found == [
        (october, "Anna", 100, 0, 0),
        (october, "Ben", 200, 0, 0),
        (december, "Anna", 100, 0, 100),
        (december, "Ben", 150, 0, 200),
        (december, "Cleo", 400, 0, 0),
    ]

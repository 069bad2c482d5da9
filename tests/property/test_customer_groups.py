"""Groups of customers on random ledgers with random parents, held against sums in plain Python over their members.

Not here: a group worked out by hand (unit tests of the models), the figures of a customer (test_marts.py).
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agreement.comparing import compare
from tests.support.compiled_models import MID_MONTH, MONTH_END, CompiledModels, compiled_models, mart_rows
from tests.support.documents import COMPANY, FEBRUARY, application, invoice, receipt
from tests.support.generators.ledgers import landed_in_order, landings
from tests.support.oracle.landing import Landing

LEDGERS = 20
VIEWS = ("group_aging_monthly", "customer_groups", "quarantined_rows")
DATA_TESTS = ("groups_add_up_to_receivables", "key_and_rules_of_customer_group_members")
SUMS = ("open_invoices", "unapplied_credits", "receivables", "past_due_receivables", "aging_1_30", "aging_no_due_date")
Parents = Mapping[str, str | None]


@cache
def models_of(as_of: date) -> CompiledModels:
    return compiled_models(as_of).of(VIEWS)


def with_parents(landing: Landing, seed: int) -> Landing:
    """Most customers get a parent: any customer, also itself or one below it, or one that has not landed."""
    draw = Random(seed)
    ids = sorted({row["customer_id"] for row in landing["customers"]})
    parents = {one: draw.choice([None, draw.choice(ids), draw.choice(ids), draw.choice(ids), "gone"]) for one in ids}
    limits = {one: draw.choice([None, Decimal(100), Decimal(0)]) for one in ids}
    customers = [
        {**row, "parent_customer_id": parents[row["customer_id"]], "credit_limit": limits[row["customer_id"]]}
        for row in landing["customers"]
    ]
    return {**landing, "customers": customers}


def ways_up(parents: Parents) -> tuple[dict[str, list[str]], set[str]]:
    """Each customer and those above it, as far as they are followed; and those whose parents lead back to them."""

    def above(customer: str | None) -> str | None:
        parent = parents.get(customer)
        return None if parent == customer else parent

    def leads_back(customer: str) -> bool:
        one = above(customer)
        for _ in parents:
            if one == customer:
                return True
            one = above(one)
        return False

    refused = {customer for customer in parents if leads_back(customer)}
    ways = {}
    for customer in parents:
        way = [customer]
        while way[-1] not in refused and (one := above(way[-1])):
            way.append(one)
        ways[customer] = way
    return ways, refused


def rows_of(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def assert_groups_are_their_members(as_of: date, landing: Landing) -> set[str]:
    """The customers whose parents lead back to them."""
    models = models_of(as_of)
    with models.build(landing) as connection:
        parents = dict(
            connection.execute("select customer_id, parent_customer_id from intermediate.int_customers").fetchall()
        )
        ways, refused = ways_up(parents)
        aging = rows_of(
            connection,
            """select aging_monthly.*, balance_date, exchange_rate from marts.aging_monthly
            join marts.dim_months using (month_end)
            join (select distinct date_day, currency_code, exchange_rate from marts.receivables_daily) as rates
            on rates.date_day = balance_date and rates.currency_code = aging_monthly.currency_code""",
        )
        by_month: dict[tuple, dict] = defaultdict(lambda: dict.fromkeys(SUMS, Decimal(0)))
        for row in aging:
            for head in ways[row["customer_id"]]:
                for name in SUMS:
                    by_month[row["month_end"], head][name] += row[name] * row["exchange_rate"]
        found = mart_rows(connection, "group_aging_monthly", ("month_end", "group_customer_id"))
        assert [str(each) for each in compare("group_aging_monthly", by_month, found)] == []

        told: dict[tuple, dict] = {}
        asked = dict(connection.execute("select customer_id, net_past_due from marts.collections_worklist").fetchall())
        for risk in rows_of(connection, "select * from marts.customer_risk order by customer_id"):
            for head in ways[risk["customer_id"]]:
                group = told.setdefault((head,), {"members": 0, "net_past_due": Decimal(0), "risk_points": -1})
                group["members"] += 1
                group["is_top"] = head == ways[risk["customer_id"]][-1]
                group["net_past_due"] += asked.get(risk["customer_id"], Decimal(0))
                if risk["credit_limit"]:
                    group["credit_limit"] = group.get("credit_limit", 0) + risk["credit_limit"]
                    limited = group.get("open_invoices_with_limit", 0) + risk["open_invoices"]
                    group["open_invoices_with_limit"] = limited
                if risk["risk_points"] > group["risk_points"]:
                    group |= {"risk_points": risk["risk_points"], "riskiest_customer_id": risk["customer_id"]}
        found = mart_rows(connection, "customer_groups", ("group_customer_id",))
        assert [str(each) for each in compare("customer_groups", told, found)] == []

        named = connection.execute(
            "select row_key, value from marts.quarantined_rows where column_name = 'parent_customer_id'"
        ).fetchall()
        assert sorted(named) == sorted((f'{{"customer_id":"{one}"}}', parents[one]) for one in refused)
        assert {name: rows for name in DATA_TESTS if (rows := models.failures(connection, name))} == {}
    return refused


@settings(max_examples=2, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS), seed=st.integers(0, 10_000))
def test_a_group_is_the_sum_of_its_members_however_parents_lie(landing: Landing, seed: int) -> None:
    assert_groups_are_their_members(MID_MONTH, with_parents(landing, seed))


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=40)
@given(data=st.data(), seed=st.integers(0, 10_000))
def test_a_group_is_the_sum_of_its_members_on_a_thousand_ledgers(as_of: date, data: st.DataObject, seed: int) -> None:
    assert_groups_are_their_members(as_of, with_parents(data.draw(landings(as_of, LEDGERS)), seed))


@settings(max_examples=1, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS))
def test_parents_in_a_ring_are_refused_and_count_once(landing: Landing) -> None:
    ids = sorted({row["customer_id"] for row in landing["customers"]})[:3]
    ring = dict(zip(ids, [*ids[1:], ids[0]], strict=True))
    customers = [{**row, "parent_customer_id": ring.get(row["customer_id"])} for row in landing["customers"]]
    assert assert_groups_are_their_members(MID_MONTH, {**landing, "customers": customers}) == set(ids)


# P is above M, M above C; each has an invoice of January that is past due, 700 together.
THREE_LEVELS = [
    COMPANY,
    *(
        ("customers", {"customer_id": one, "parent_customer_id": above})
        for one, above in {"P": None, "M": "P", "C": "M"}.items()
    ),
    *(invoice(f"I{one}", amount, customer_id=one) for one, amount in (("P", "100"), ("M", "200"), ("C", "400"))),
    receipt("R", "650", FEBRUARY, customer_id="P"),
]
FOR_ALL = [
    application(FEBRUARY, amount, application_id=f"X{one}", invoice_id=f"I{one}")
    for one, amount in (("P", "100"), ("M", "200"), ("C", "250"))
]
# What is applied of P's payment; past due by group; what its own group owes; what the worklist asks of each.
BY_HAND = {
    "one payment for all": (FOR_ALL, {"P": 150, "M": 150, "C": 150}, -100, {"C": 150}),
    "the same, not applied": ([], {"P": 700, "M": 600, "C": 400}, -650, {"M": 200, "C": 400}),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_three_levels_with_one_payment_for_all_by_hand(case: str) -> None:
    """P pays 650 for all: 100 stay on its account, C owes 150. Not applied, it is still nobody's but P's."""
    applied, past_due, credits, asked = BY_HAND[case]
    with models_of(MONTH_END).build(landed_in_order([*THREE_LEVELS, *applied], MONTH_END)) as connection:
        found = connection.execute(
            "select group_customer_id, past_due_receivables, aging_31_60, open_invoices, unapplied_credits,"
            " receivables, net_past_due, members from marts.customer_groups"
        ).fetchall()
        listed = connection.execute("select customer_id, net_past_due from marts.collections_worklist").fetchall()
    below = {"P": "PMC", "M": "MC", "C": "C"}
    owing = {
        head: (
            *[past_due[head]] * 3,
            credits if head == "P" else 0,
            past_due[head] + (credits if head == "P" else 0),
            sum(asked.get(one, 0) for one in members),
            len(members),
        )
        for head, members in below.items()
    }
    assert {head: tuple(figures) for head, *figures in found} == owing
    assert {customer: amount for customer, amount in listed if amount} == asked


SPOILT = {
    "groups_add_up_to_receivables": "delete from marts.customer_group_members where is_top and customer_id ="
    " (select customer_id from marts.aging_monthly where open_invoices > 1 limit 1)",
    "key_and_rules_of_customer_group_members": "update marts.customer_group_members set levels_below = 1",
}


@settings(max_examples=1, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS))
def test_a_group_that_does_not_add_up_is_noticed(landing: Landing) -> None:
    """The test of the data tests above."""
    models = models_of(MID_MONTH)
    with models.build(landing) as connection:
        for name in DATA_TESTS:
            connection.execute("begin")
            connection.execute(SPOILT[name])
            assert models.failures(connection, name) != [], name
            connection.execute("rollback")

"""A company whose currency has no rate into the reporting currency: the tests that say so fail, and no other.

All models are built in memory. Tests that dbt would skip, since what they look at comes after a failure, are left out.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.support.compiled_models import MONTH_END, CompiledModels, compiled_models
from tests.support.documents import (
    FEBRUARY,
    FOREIGN,
    JANUARY,
    REPORTING_CURRENCY,
    Row,
    application,
    document,
    invoice,
    paid,
    rate,
    receipt,
)
from tests.support.generators.ledgers import landed_in_order

NAME_THE_RATES = {"exchange_rates_are_there", "promises_and_costs_have_exchange_rates"}
# They need no model of ours, and the seeds and schemas of a whole refresh.
NOT_BUILT = {"personal"}


def promise(key: str, made: date, due: date, currency: str = FOREIGN) -> Row:
    row = {"promise_id": key, "customer_id": "C", "made_date": made, "due_date": due}
    return "promises", row | {"amount": Decimal(40), "currency_code": currency}


ABROAD = {"currency_code": FOREIGN}
# Of everything that has an amount something: paid late and in time, open, past due, unapplied, promised, disputed.
WITHOUT_RATES: list[Row] = [
    ("companies", {"company_id": "A", "currency_code": FOREIGN}),
    ("customers", {"customer_id": "C", "credit_limit": Decimal(50), "currency_code": FOREIGN}),
    ("customers", {"customer_id": "D", "segment": "wholesale"}),
    *(invoice(**ABROAD), receipt(**ABROAD), application(FEBRUARY)),
    invoice("J", "70", date(2024, 2, 10), **ABROAD),
    invoice("K", "30", date(2024, 1, 5), due_date=date(2024, 1, 10), customer_id="D", **ABROAD),
    *paid("30", date(2024, 2, 20), "P", "K", customer_id="D", **ABROAD),
    receipt("S", "15", date(2024, 2, 12), **ABROAD),
    document("credit_memos", "M", "5", FEBRUARY, **ABROAD),
    ("disputes", {"dispute_id": "Q", "invoice_id": "J", "opened_date": date(2024, 2, 15), "amount": Decimal(20)}),
    promise("kept", date(2024, 1, 20), FEBRUARY),
    promise("broken", date(2024, 2, 2), date(2024, 2, 8)),
    promise("open", date(2024, 2, 25), date(2024, 3, 8)),
    (
        "activities",
        {"activity_id": "T", "occurred_at": datetime(2024, 2, 2, 10), "customer_id": "C", "employee_id": "E"}
        | {"channel": "phone", "direction": "outbound", "outcome": "promise_to_pay"},
    ),
    ("employees", {"employee_id": "E", "valid_from": JANUARY, "role": "collector", "fte": Decimal(1)}),
    ("assignments", {"customer_id": "C", "employee_id": "E", "valid_from": JANUARY}),
    (
        "process_costs",
        {"company_id": "A", "month": JANUARY, "cost_type": "salaries", "amount": Decimal(10), **ABROAD},
    ),
]
HOME: list[Row] = [
    ("companies", {"company_id": "B", "currency_code": REPORTING_CURRENCY}),
    invoice("H", "200", date(2024, 1, 3), company_id="B"),
    *paid("50", date(2024, 2, 5), "HP", "H", company_id="B"),
    promise("home", date(2024, 2, 2), date(2024, 2, 8), REPORTING_CURRENCY),
]


def weekly(first: date, last: date) -> list[Row]:
    return [rate(first + timedelta(days=days), "2") for days in range(0, (last - first).days + 1, 7)]


LANDINGS = {
    "no company has any": WITHOUT_RATES,
    "another company needs none": WITHOUT_RATES + HOME,
    "rates end": WITHOUT_RATES + HOME + weekly(date(2023, 12, 28), FEBRUARY),
    "rates begin": WITHOUT_RATES + HOME + weekly(date(2024, 2, 12), MONTH_END),
}


def ancestors(manifest: dict[str, Any], node: str) -> set[str]:
    found: set[str] = set()
    wanted = [node]
    while wanted:
        parents = manifest["nodes"].get(wanted.pop(), {}).get("depends_on", {}).get("nodes", ())
        wanted += [parent for parent in parents if parent not in found]
        found.update(parents)
    return found


def failing(models: CompiledModels, landing: list[Row]) -> set[str]:
    """The data tests that fail, but for those dbt skips."""
    nodes = models.manifest["nodes"]
    built = [one for one in nodes.values() if one["resource_type"] == "model" and one["schema"] not in NOT_BUILT]
    known = {one["unique_id"] for one in built}.union(*(one["depends_on"]["nodes"] for one in built))
    before = {one["unique_id"]: ancestors(models.manifest, one["unique_id"]) for one in built}
    tests = {one["unique_id"]: one for one in nodes.values() if one["resource_type"] == "test"}
    needs = {id_: set(one["depends_on"]["nodes"]) for id_, one in tests.items()}
    with models.of([one["name"] for one in built]).build(landed_in_order(landing, MONTH_END)) as connection:
        failed = {
            id_
            for id_, one in tests.items()
            if needs[id_] <= known and connection.execute(one["compiled_code"]).fetchone() is not None
        }
    skipped = {
        id_
        for id_ in failed
        if any(needs[other] <= before.get(read, set()) for other in failed - {id_} for read in needs[id_])
    }
    return {tests[id_]["name"] for id_ in failed - skipped}


@pytest.mark.parametrize(
    "landing", [pytest.param(name, marks=pytest.mark.long if place else ()) for place, name in enumerate(LANDINGS)]
)
def test_only_the_tests_that_name_the_missing_rates_fail(landing: str) -> None:
    found = failing(compiled_models(MONTH_END), LANDINGS[landing])
    assert "exchange_rates_are_there" in found
    assert found - NAME_THE_RATES == set()


@pytest.mark.long
def test_no_test_fails_where_all_rates_are_there() -> None:
    assert failing(compiled_models(MONTH_END), WITHOUT_RATES + HOME + weekly(date(2023, 12, 28), MONTH_END)) == set()

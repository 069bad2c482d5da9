"""Gate 2 against the last publication: how many rows fewer than published before a mart may have.

Not here: what marts are held against by themselves (test_gates_hand_over.py).
"""

import pytest

from expectations.validation import CheckResult
from tests.support.gates.handed_over import Warehouse

# Marts with their rows, how many rows published before may be, and how many are too many; None: any number may be.
PUBLISHED = {
    "fct_receipts": ([{"receipt_id": f"R{n}"} for n in range(10)], 11, 12),
    "reported_kpis_monthly": ([{"scope": "one"}, {"scope": "another"}], 2, 3),
    "restated_events": ([{"event_id": "one"}, {"event_id": "another"}], 2, 3),
    "frozen_forecasts": ([{"invoice_id": "one"}, {"invoice_id": "another"}], 2, 3),
    "frozen_cash_forecasts": ([{"scope": "one"}, {"scope": "another"}], 2, 3),
    "collections_worklist": ([{}], 100, 100),
    "customer_risk": ([{}], 1, 100),
    "contact_compliance": ([{}], 1, 7),
    "contact_findings": ([{}], 1, 1),
}


@pytest.fixture(scope="module")
def shorter(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, dict[str, CheckResult]]:
    """These marts, and what is held against each that is too much shorter than published."""
    warehouse = Warehouse(tmp_path_factory.mktemp("published") / "warehouse.duckdb")
    warehouse.mart("dim_customers", {})
    for mart, (rows, _, _) in PUBLISHED.items():
        warehouse.mart(mart, *rows)
    may_be = {mart: inside for mart, (_, inside, _) in PUBLISHED.items()}
    assert warehouse.failed(*PUBLISHED, published=may_be) == []
    too_many = {mart: outside for mart, (_, _, outside) in PUBLISHED.items()}
    results = warehouse.failed(*PUBLISHED, published=too_many)
    assert len(results) == len({one.table_name for one in results})
    return warehouse, {one.table_name: one for one in results}


def test_nine_tenths_of_the_rows_published_before_are_there(shorter: tuple) -> None:
    result = shorter[1]["fct_receipts"]
    assert result.expectation == "expect_most_rows_published_before"
    assert "fewer rows than 90% of the 12 published before" in result.message
    assert result.message.endswith("it is 10.")


@pytest.mark.parametrize(
    "mart", ["reported_kpis_monthly", "restated_events", "frozen_forecasts", "frozen_cash_forecasts"]
)
def test_of_what_was_reported_or_forecast_and_what_changed_it_no_row_is_lost(shorter: tuple, mart: str) -> None:
    result = shorter[1][mart]
    assert result.expectation == "expect_every_row_published_before"
    assert "fewer rows than the 3 published before" in result.message


def test_a_worklist_of_one_day_may_be_far_shorter_than_the_last(shorter: tuple) -> None:
    assert "collections_worklist" not in shorter[1]
    assert shorter[1]["customer_risk"].expectation == "expect_most_rows_published_before"


def test_contacts_are_counted_against_those_published_in_the_same_shape(shorter: tuple) -> None:
    assert shorter[1]["contact_compliance"].expectation == "expect_most_rows_published_before"
    assert shorter[0].failed("contact_compliance", published={"contact_compliance": 7}) == []

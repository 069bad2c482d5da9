"""Gate 2 on what the ledger is tied out to besides balances by currency: a difference is told and stops nothing."""

from pathlib import Path

from expectations.gates import hand_over_suites
from expectations.hand_overs import HandOver
from expectations.validation import CheckResult, validate
from tests.support.gates.handed_over import AS_OF, Warehouse

MART = "open_amount_tie_out"
CONTROL = "control_account_tie_out"


def failed(warehouse: Warehouse, mart: str = MART) -> list[CheckResult]:
    suites = {mart: hand_over_suites(HandOver(AS_OF))[mart]}
    results = validate(warehouse.file, "marts", suites, gate="hand_over", as_of=AS_OF)
    return [result for result in results if not result.success]


def test_documents_that_tie_out_changed_since_or_wait_are_no_warning(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    warehouse.mart(MART, {"status": "ties_out"}, {"status": "changed_since"}, {"status": "not_in_ledger"})
    assert failed(warehouse) == []


def test_documents_that_differ_warn_with_their_number_and_the_largest_first(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    differing = [{"document_id": f"D{amount}", "difference": amount, "status": "differs"} for amount in (2.0, -3.0)]
    warehouse.mart(MART, {}, *differing)
    [result] = failed(warehouse)
    assert (result.severity, result.unexpected_count) == ("warning", 2)
    assert result.examples.index("D-3.0") < result.examples.index("D2.0")


def test_the_control_account_in_the_companys_currency_ties_out_but_for_rounding(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    elsewhere = {"base_difference": -9.0, "is_comparable": False}
    warehouse.mart(CONTROL, {}, {"base_difference": -0.05}, {"base_difference": None}, elsewhere)
    assert failed(warehouse, CONTROL) == []
    warehouse.mart(CONTROL, {}, {"base_difference": -0.06})
    [result] = failed(warehouse, CONTROL)
    assert (result.severity, result.unexpected_count) == ("warning", 1)

"""Gate 2, each check with marts just inside and just outside its bound.

Not here: what is compared with the last publication (test_gates_published_before.py).
"""

import re
import shlex
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from duebook.publication.targets import targets_of
from duebook.settings import Settings
from expectations.gates import MARTS, PORTFOLIO, hand_over_suites
from expectations.hand_overs import HandOver
from expectations.results import GateFailed, refuse_failures
from expectations.run_gates import HAND_OVER, prepare_records, run_hand_over
from expectations.suites.contact_compliance import RULES as CONTACT_RULES
from expectations.validation import CheckResult, validate
from tests.support.gates.bounds import PARTS, RANGES, REASONS
from tests.support.gates.handed_over import AS_OF, MONTHS, ROWS, Warehouse

Check = Callable[..., list[CheckResult]]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse.duckdb")


@pytest.fixture
def failed(warehouse: Warehouse) -> Check:
    """What is held against some marts."""
    return warehouse.failed


def names(results: list[CheckResult]) -> list[tuple[str, str | None]]:
    return [(result.expectation, result.column_name) for result in results]


@pytest.mark.long
def test_marts_have_rows_but_those_of_facts_a_source_may_leave_out(warehouse: Warehouse, failed: Check) -> None:
    for mart in MARTS:
        warehouse.mart(mart)
    empty = [one.table_name for one in failed(*MARTS) if one.expectation == "expect_table_row_count_to_be_between"]
    assert empty == [name for name, mart in MARTS.items() if not mart.may_be_empty]
    for mart in empty:
        warehouse.mart(mart, {"receivables": 0, "current_receivables": -2} if mart == "dso_monthly" else {})
    assert failed(*MARTS) == []


def test_a_mart_that_was_not_built_is_named(failed: Check) -> None:
    [result] = failed("fct_invoices")
    assert result.message.startswith(
        "fct_invoices: expect_table_to_exist: there is no table fct_invoices in schema marts"
    )


def test_no_two_rows_have_one_key(warehouse: Warehouse, failed: Check) -> None:
    for mart in MARTS:
        warehouse.mart(mart, {}, {})
    doubled = failed(*MARTS, only={"expect_unique_keys"})
    keyed = [name for name, mart in MARTS.items() if mart.key]
    assert [(result.table_name, result.unexpected_count) for result in doubled] == [(mart, 1) for mart in keyed]
    assert all("rows 2" in result.examples for result in doubled)


IN_EVERY_SCOPE = [name for name, mart in MARTS.items() if mart.months_by and mart.months_where != PORTFOLIO]
OF_THE_PORTFOLIO = [name for name, mart in MARTS.items() if mart.months_where == PORTFOLIO]


def test_every_monthly_mart_of_levels_has_its_months_followed() -> None:
    monthly = {name for name, row in ROWS.items() if "scope" in row and not MARTS[name].may_be_empty}
    assert {*IN_EVERY_SCOPE, *OF_THE_PORTFOLIO} == monthly


@pytest.mark.long
@pytest.mark.parametrize("mart", IN_EVERY_SCOPE)
def test_no_month_is_missing_in_any_scope(warehouse: Warehouse, failed: Check, mart: str) -> None:
    warehouse.mart("dim_kpis", {})
    whole = [{"month_end": month} for month in MONTHS]
    segment = {"level": "segment", "scope": "segment:small"}
    warehouse.mart(mart, *whole, *({**row, **segment} for row in whole[:2]))
    assert failed(mart) == []
    warehouse.mart(mart, *whole, *({**row, **segment} for row in (whole[0], whole[2])))
    [result] = failed(mart)
    assert names([result]) == [("expect_no_gap_in_months", "month_end")]
    assert "scope segment:small" in result.examples
    assert "month_before 2024-01-31, month_end 2024-03-31" in result.examples


def test_of_what_people_do_only_the_portfolio_has_every_month(warehouse: Warehouse, failed: Check) -> None:
    whole = [{"month_end": month} for month in MONTHS]
    employee = {"level": "employee", "scope": "employee:E1"}
    for mart in OF_THE_PORTFOLIO:
        warehouse.mart(mart, *whole, *({**row, **employee} for row in (whole[0], whole[2])))
    assert failed(*OF_THE_PORTFOLIO) == []
    for mart in OF_THE_PORTFOLIO:
        warehouse.mart(mart, whole[0], whole[2])
    results = failed(*OF_THE_PORTFOLIO)
    assert [one.table_name for one in results] == OF_THE_PORTFOLIO
    assert {*names(results)} == {("expect_no_gap_in_months", "month_end")}


def test_the_last_month_is_that_of_the_as_of_day(warehouse: Warehouse, failed: Check) -> None:
    last = {"cei_monthly": MONTHS[1], "delinquency_monthly": date(2024, 4, 30)}
    for mart, month in last.items():
        warehouse.mart(mart, {"month_end": month})
    results = failed(*last)
    assert {one.expectation for one in results} == {"expect_the_month_of_the_as_of_day"}
    assert {one.table_name: one.examples for one in results} == {
        mart: f"(last_month {month})" for mart, month in last.items()
    }


def test_no_day_is_missing_and_the_last_is_the_as_of_day(warehouse: Warehouse, failed: Check) -> None:
    days = [{"date_day": AS_OF - timedelta(days=n)} for n in range(3)]
    warehouse.mart("receivables_daily", *days)
    assert failed("receivables_daily") == []
    dollars = {"date_day": AS_OF - timedelta(days=1), "currency_code": "USD"}
    warehouse.mart("receivables_daily", days[0], days[2], dollars)
    gap, last = failed("receivables_daily")
    assert names([gap]) == [("expect_no_gap_in_days", "date_day")]
    assert "USD" not in gap.examples
    assert last.expectation == "expect_the_as_of_day"
    assert "currency_code USD, last_day 2024-03-14" in last.examples


@pytest.fixture(scope="module")
def broken_parts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, str], CheckResult]:
    """What is held against each sum with a part that is too large or missing; a mart's sums one after the other."""
    warehouse = Warehouse(tmp_path_factory.mktemp("parts") / "warehouse.duckdb")
    found = {}
    of_mart = {mart: [one for one in PARTS if one[0] == mart] for mart, _, _ in PARTS}
    for turn in range(max(map(len, of_mart.values()))):
        asked = [parts[turn] for parts in of_mart.values() if turn < len(parts)]
        for mart, _, part in asked:
            value = ROWS[mart][part]
            changes = {"inside": value + 0.0099, "outside": value + 0.0101, "missing": None}
            warehouse.mart(mart, *({**named(mart, name), part: changed} for name, changed in changes.items()))
        results = warehouse.failed(*(mart for mart, _, _ in asked))
        for mart, total, part in asked:
            place = (mart, f"expect_parts_to_add_up_to_{total}")
            [found[mart, total, part]] = [one for one in results if (one.table_name, one.expectation) == place]
    return found


@pytest.mark.parametrize("sum_", PARTS, ids="-".join)
def test_parts_of_a_balance_add_up_to_it_to_the_cent(broken_parts: dict, sum_: tuple[str, str, str]) -> None:
    result = broken_parts[sum_]
    assert (result.column_name, result.unexpected_count) == (sum_[1], 2)
    assert "inside" not in result.examples


def test_aging_covers_every_month_with_receivables(warehouse: Warehouse, failed: Check) -> None:
    warehouse.mart("dso_monthly", {"month_end": MONTHS[1], "receivables": 0}, {})
    warehouse.mart("aging_monthly", {})
    assert failed("aging_monthly") == []
    warehouse.mart("dso_monthly", {"month_end": MONTHS[1], "receivables": 0.0001}, {})
    [result] = failed("aging_monthly")
    assert names([result]) == [("expect_every_month_with_receivables", "month_end")]
    assert "month_end 2024-02-29" in result.examples


# The column that tells a row of a test from the others.
NAMED_BY = {"fct_invoices": "invoice_id", "customer_risk": "customer_id", "collections_worklist": "customer_id"}
NAMED_BY |= {"open_items": "item_id", "receivables_daily": "segment", "aging_monthly": "customer_id"}
NAMED_BY |= {"contact_findings": "activity_id", "payment_forecast": "invoice_id", "forecast_accuracy": "scope"}
NAMED_BY |= {"credit_loss_allowance_monthly": "segment", "customer_outlook": "customer_id"}
NAMED_BY |= {"forecast_calibration": "scope", "habit_curves": "customer_id"}


def named(mart: str, name: str) -> dict[str, str]:
    """Make a row one of its own, beside the one that is as expected."""
    return {NAMED_BY[mart]: name} if mart in NAMED_BY else {"scope": name, "level": "segment"}


def test_values_are_in_range_unless_the_balances_say_why(warehouse: Warehouse, failed: Check) -> None:
    rows: dict[str, list] = {mart: [{}] for mart in dict.fromkeys(("dim_kpis", "dim_customers", *ROWS))}
    held_against = []
    for number, (mart, column, inside, outside, excuse) in enumerate(RANGES):
        held_against.append((column, f"number {number}"))
        rows[mart].append({**named(mart, f"number {number} in"), column: inside})
        rows[mart].append({**named(mart, f"number {number}"), column: outside})
        rows[mart] += [{**named(mart, f"number {number} excused"), column: outside, **excuse}] if excuse else []
    for mart, changes in rows.items():
        warehouse.mart(mart, *changes)
    results = failed(*rows, only={"expect_values_in_range", "expect_finite_values"})
    found = [(result.column_name, name) for result in results for name in re.findall(r"number [^,)]*", result.examples)]
    assert sorted(found) == sorted(held_against)


@pytest.mark.long
def test_missing_values_have_their_reason(warehouse: Warehouse) -> None:
    """KPI by KPI of each mart, for a result shows a few examples only."""
    suites = {
        mart: [one for one in suite if (one.meta or {}).get("name") == "expect_a_reason_for_missing_values"]
        for mart, suite in hand_over_suites(HandOver(AS_OF)).items()
    }
    of_mart = {
        mart: [one[1:] for one in REASONS if one[0] == mart] for mart in dict.fromkeys(one[0] for one in REASONS)
    }
    assert [mart for mart, suite in suites.items() if suite] == [mart for mart in MARTS if mart in of_mart]
    for turn in range(max(map(len, of_mart.values()))):
        held = {mart: kpis[turn] for mart, kpis in of_mart.items() if turn < len(kpis)}
        for mart, (column, reason) in held.items():
            others = {name: None for name in ROWS[mart] if name.startswith("reason")}
            with_reason = {**named(mart, "with"), column: None, **others, reason: "no_sales"}
            warehouse.mart(mart, {}, with_reason, {**named(mart, "bare"), column: None, reason: None})
        results = validate(
            warehouse.file, "marts", {mart: suites[mart] for mart in held}, gate="hand_over", as_of=AS_OF
        )
        assert [(one.table_name, one.unexpected_count) for one in results] == [(mart, 1) for mart in held]
        for result, (mart, (column, _)) in zip(results, held.items(), strict=True):
            assert re.search(rf"{NAMED_BY.get(mart, 'scope')} bare\b.*, without {column}\)", result.examples)


def test_kpis_of_the_scorecard_are_registered(warehouse: Warehouse, failed: Check) -> None:
    warehouse.mart("dim_kpis", {}, {"kpi_id": "cei"})
    warehouse.mart("scorecard_monthly", {}, {"kpi_id": "cei"}, {"kpi_id": "luck"})
    [result] = failed("scorecard_monthly")
    assert (result.expectation, result.examples) == ("expect_registered_kpis", "(kpi_id luck, rows 1)")


@pytest.mark.long
@pytest.mark.parametrize("mart", ["customer_risk", "collections_worklist", "open_items"])
def test_what_speaks_of_one_day_speaks_of_the_as_of_day(warehouse: Warehouse, failed: Check, mart: str) -> None:
    warehouse.mart("dim_customers", {})
    warehouse.mart(mart, {})
    assert failed(mart) == []
    for day in (AS_OF - timedelta(days=1), AS_OF + timedelta(days=1), None):
        warehouse.mart(mart, {"as_of_date": day})
        assert names(failed(mart)) == [("expect_the_as_of_day", "as_of_date")]


def test_every_customer_has_its_risk(warehouse: Warehouse, failed: Check) -> None:
    warehouse.mart("dim_customers", {}, {"customer_id": "D2"})
    warehouse.mart("customer_risk", {})
    [result] = failed("customer_risk")
    assert (result.expectation, result.examples) == ("expect_every_customer", "(customer_id D2)")


def test_every_customer_is_in_one_group_at_the_top(warehouse: Warehouse, failed: Check) -> None:
    warehouse.mart("dim_customers", {}, *({"customer_id": one} for one in ("below", "missing", "twice")))
    one_top = [{"group_customer_id": "below", "customer_id": "below", "is_top": False}, {"customer_id": "below"}]
    no_top = {"group_customer_id": "missing", "customer_id": "missing", "is_top": False}
    two = [{"customer_id": "twice"}, {"group_customer_id": "D2", "customer_id": "twice"}]
    warehouse.mart("customer_group_members", {}, *one_top, no_top, *two)
    [result] = failed("customer_group_members")
    assert result.expectation == "expect_one_top_group_a_customer"
    assert re.findall(r"customer_id (\w+)", result.examples) == ["missing", "twice"]


@pytest.mark.parametrize(("second", "passes"), [
    ({"priority": 2, "money_at_risk": 0.5}, True), ({"priority": 2, "money_at_risk": 0.6}, False),
    ({"priority": 3, "money_at_risk": 0.4}, False), ({"priority": 1, "money_at_risk": 0.5}, False),
])  # fmt: skip
def test_the_worklist_is_a_ranking_by_money_at_risk(
    warehouse: Warehouse, failed: Check, second: dict, passes: bool
) -> None:
    warehouse.mart("collections_worklist", {}, {"customer_id": "D2", **second})
    expected = [] if passes else [("expect_a_ranking_by_money_at_risk", "priority")]
    assert names(failed("collections_worklist")) == expected


def test_the_worklist_begins_with_priority_one(warehouse: Warehouse, failed: Check) -> None:
    warehouse.mart("collections_worklist", {"priority": 2})
    assert names(failed("collections_worklist")) == [("expect_a_ranking_by_money_at_risk", "priority")]


def test_what_becomes_of_a_bucket_adds_up_to_it(warehouse: Warehouse, failed: Check) -> None:
    cohorts = [
        {**named("roll_rates_monthly", name), **state}
        for name, paid in {"inside": 6.0099, "outside": 6.0101, "missing": None}.items()
        for state in ({"balance_to": paid}, {"to_state": "31_60", "balance_to": 4.0})
    ]
    warehouse.mart("roll_rates_monthly", *cohorts, {"from_bucket": "31_60"})
    [result] = failed("roll_rates_monthly")
    assert names([result]) == [("expect_states_to_add_up_to_the_bucket", "balance_to")]
    assert result.unexpected_count == 2
    assert "inside" not in result.examples


def test_every_rule_has_a_verdict_on_every_contact(warehouse: Warehouse, failed: Check) -> None:
    warehouse.mart(
        "contact_compliance", {}, *({"activity_id": f"without {rule}", rule: None} for rule in CONTACT_RULES)
    )
    [result] = failed("contact_compliance")
    assert result.expectation == "expect_a_verdict_of_every_rule"
    assert result.unexpected_count == len(CONTACT_RULES)
    assert "activity_id without " in result.examples


def test_a_finding_comes_with_its_reason_and_citation(warehouse: Warehouse, failed: Check) -> None:
    without = ("verdict", "reason", "citation")
    warehouse.mart("contact_findings", {}, *({"activity_id": f"without {one}", one: None} for one in without))
    [result] = failed("contact_findings")
    assert names([result]) == [("expect_a_reason_with_its_citation", "reason")]
    assert set(re.findall(r"without (\w+)", result.examples)) == set(without)


def test_no_contact_is_judged_that_is_yet_to_come(warehouse: Warehouse, failed: Check) -> None:
    tomorrow = ROWS["contact_compliance"]["occurred_at"] + timedelta(seconds=1)
    warehouse.mart("contact_compliance", {}, {"activity_id": "A2", "occurred_at": tomorrow})
    [result] = failed("contact_compliance")
    assert names([result]) == [("expect_no_contact_after_the_as_of_day", "occurred_at")]
    assert result.examples == "(activity_id A2, occurred_at 2024-03-16 00:00:00)"


def test_nothing_is_dated_after_the_as_of_day(warehouse: Warehouse, failed: Check) -> None:
    tomorrow = AS_OF + timedelta(days=1)
    warehouse.mart("fct_receivables_ledger", {}, {"event_id": "L2", "effective_date": tomorrow})
    warehouse.mart("fct_invoices", {}, {"invoice_id": "I2", "invoice_date": tomorrow})
    results = failed("fct_receivables_ledger", "fct_invoices")
    assert [(*names([one]), one.unexpected_count) for one in results] == [
        (("expect_no_event_after_the_as_of_day", "effective_date"), 1),
        (("expect_no_date_after_the_as_of_day", "invoice_date"), 1),
    ]


def test_open_invoices_are_in_a_bucket_and_settled_ones_are_not(warehouse: Warehouse, failed: Check) -> None:
    rows = [
        {"invoice_id": f"{balance} in {bucket}", "open_balance": balance, "aging_bucket": bucket}
        for balance in (0.0, 0.1, -0.1)
        for bucket in (None, "current")
    ]
    warehouse.mart("fct_invoices", *rows)
    [result] = failed("fct_invoices")
    assert names([result]) == [("expect_a_bucket_for_open_balances", "aging_bucket")]
    wrong = set(re.findall(r"invoice_id ([^,]*),", result.examples))
    assert wrong == {"0.0 in current", "0.1 in None", "-0.1 in None"}


def test_the_gate_lets_good_marts_through_and_says_all_that_is_wrong_with_others(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "it's 100% a {home}:1", as_of=AS_OF, landing=tmp_path)
    [target] = targets_of(settings, [AS_OF])
    prepare_records(settings)
    warehouse = Warehouse(target.marts_file)
    for mart in MARTS:
        warehouse.mart(mart, {})
    warehouse.mart("dso_monthly", {"dso": -1.0})
    warehouse.mart("dim_employees", {}, {})
    results = run_hand_over(settings, target)
    # Of these two nothing is asked before some have been published.
    assert set(MARTS) - {result.table_name for result in results} == {"fct_activities", "fct_receipts"}
    with pytest.raises(GateFailed) as failure:
        refuse_failures(f"{HAND_OVER} of {target.day}", results, settings)
    assert str(failure.value).splitlines() == [
        f"Gate hand_over of 2024-03-15: 2 of {len(results)} checks failed.",
        "  dim_employees: expect_unique_keys: 1 key: more than one row has this employee_id."
        " For example: (employee_id E1, rows 2).",
        "  dso_monthly.dso: expect_values_in_range: 1 row: dso is not at least 0."
        " For example: (month_end 2024-03-31, scope portfolio, dso -1.0).",
        f"  If the data are right, accept this for one run (it is logged): make refresh LANDING={tmp_path} "
        f"HOME_DIR={shlex.quote(str(settings.home))} AS_OF={AS_OF} "
        "ACCEPT=expect_unique_keys:dim_employees,expect_values_in_range:dso_monthly",
    ]
    with duckdb.connect(settings.landed_file) as connection:
        kept = connection.execute("select gate, success, count(*) from raw.check_results group by all order by all")
        assert kept.fetchall() == [("hand_over", False, 2), ("hand_over", True, len(results) - 2)]

"""Gate 2, each check with marts just inside and just outside its bound."""

import re
import shlex
from collections.abc import Callable, Mapping
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
from tests.support.gates.bounds import RANGES, REASONS
from tests.support.gates.handed_over import AS_OF, MONTHS, ROWS, Warehouse

Check = Callable[..., list[CheckResult]]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse.duckdb")


@pytest.fixture
def failed(warehouse: Warehouse) -> Check:
    """What is held against some marts."""

    def check(*marts: str, published: Mapping[str, int] | None = None) -> list[CheckResult]:
        suites = hand_over_suites(HandOver(AS_OF, published or {}))
        results = validate(
            warehouse.file, "marts", {mart: suites[mart] for mart in marts}, gate="hand_over", as_of=AS_OF
        )
        return [result for result in results if not result.success]

    return check


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
    doubled = [result for result in failed(*MARTS) if result.expectation == "expect_unique_keys"]
    keyed = [name for name, mart in MARTS.items() if mart.key]
    assert [(result.table_name, result.unexpected_count) for result in doubled] == [(mart, 1) for mart in keyed]
    assert all("rows 2" in result.examples for result in doubled)


@pytest.mark.parametrize(("published", "passes"), [(10, True), (11, True), (12, False)])
def test_nine_tenths_of_the_rows_published_before_are_there(
    warehouse: Warehouse, failed: Check, published: int, passes: bool
) -> None:
    warehouse.mart("fct_receipts", *({"receipt_id": f"R{n}"} for n in range(10)))
    results = failed("fct_receipts", published={"fct_receipts": published})
    assert names(results) == ([] if passes else [("expect_most_rows_published_before", None)])
    if not passes:
        assert "fewer rows than 90% of the 12 published before" in results[0].message
        assert results[0].message.endswith("it is 10.")


@pytest.mark.parametrize("mart", ["reported_kpis_monthly", "restated_events"])
@pytest.mark.parametrize(("published", "passes"), [(2, True), (3, False)])
def test_of_what_was_reported_and_what_changed_it_no_row_is_lost(
    warehouse: Warehouse, failed: Check, mart: str, published: int, passes: bool
) -> None:
    warehouse.mart(mart, *({MARTS[mart].key[1]: f"one of {n}"} for n in range(2)))
    results = failed(mart, published={mart: published})
    assert names(results) == ([] if passes else [("expect_every_row_published_before", None)])
    if not passes:
        assert f"fewer rows than the {published} published before" in results[0].message


def test_a_worklist_of_one_day_may_be_far_shorter_than_the_last(warehouse: Warehouse, failed: Check) -> None:
    warehouse.mart("collections_worklist", {})
    warehouse.mart("customer_risk", {})
    warehouse.mart("dim_customers", {})
    published = {"collections_worklist": 100, "customer_risk": 100}
    assert names(failed("collections_worklist", published=published)) == []
    assert names(failed("customer_risk", published=published)) == [("expect_most_rows_published_before", None)]


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


@pytest.mark.parametrize("mart", OF_THE_PORTFOLIO)
def test_of_what_people_do_only_the_portfolio_has_every_month(warehouse: Warehouse, failed: Check, mart: str) -> None:
    whole = [{"month_end": month} for month in MONTHS]
    employee = {"level": "employee", "scope": "employee:E1"}
    warehouse.mart(mart, *whole, *({**row, **employee} for row in (whole[0], whole[2])))
    assert failed(mart) == []
    warehouse.mart(mart, whole[0], whole[2])
    assert names(failed(mart)) == [("expect_no_gap_in_months", "month_end")]


@pytest.mark.parametrize("last", [MONTHS[1], date(2024, 4, 30)])
def test_the_last_month_is_that_of_the_as_of_day(warehouse: Warehouse, failed: Check, last: date) -> None:
    warehouse.mart("cei_monthly", {"month_end": last})
    [result] = failed("cei_monthly")
    assert result.expectation == "expect_the_month_of_the_as_of_day"
    assert result.examples == f"(last_month {last})"


def test_no_day_is_missing_and_the_last_is_the_as_of_day(warehouse: Warehouse, failed: Check) -> None:
    days = [{"date_day": AS_OF - timedelta(days=n)} for n in range(3)]
    warehouse.mart("receivables_daily", *days)
    assert failed("receivables_daily") == []
    warehouse.mart("receivables_daily", days[0], days[2])
    assert names(failed("receivables_daily")) == [("expect_no_gap_in_days", "date_day")]
    warehouse.mart("receivables_daily", *days, {"date_day": AS_OF - timedelta(days=1), "currency_code": "USD"})
    [result] = failed("receivables_daily")
    assert result.expectation == "expect_the_as_of_day"
    assert "currency_code USD, last_day 2024-03-14" in result.examples


@pytest.mark.parametrize(
    ("mart", "total", "part"),
    [
        ("receivables_daily", "closing_balance", "aging_121_plus"),
        ("receivables_daily", "closing_balance", "unapplied_credits"),
        ("aging_monthly", "open_invoices", "aging_no_due_date"),
        ("aging_monthly", "past_due_receivables", "aging_1_30"),
        ("aging_monthly", "receivables", "unapplied_credits"),
        ("delinquency_monthly", "open_invoices", "aging_current"),
        ("delinquency_monthly", "past_due_receivables", "aging_91_120"),
        ("dso_monthly", "receivables", "current_receivables"),
        ("receivables_rollforward_monthly", "closing_receivables", "invoiced"),
        ("receivables_rollforward_monthly", "closing_receivables", "fx_difference"),
        ("customer_risk", "receivables", "unapplied_credits"),
    ],
)
def test_parts_of_a_balance_add_up_to_it_to_the_cent(
    warehouse: Warehouse, failed: Check, mart: str, total: str, part: str
) -> None:
    expectation = (f"expect_parts_to_add_up_to_{total}", total)
    warehouse.mart("dim_customers", {})
    warehouse.mart("dso_monthly", {})
    warehouse.mart(mart, {part: ROWS[mart][part] + 0.0099})
    assert expectation not in names(failed(mart))
    warehouse.mart(mart, {part: ROWS[mart][part] + 0.0101})
    assert expectation in names(failed(mart))
    warehouse.mart(mart, {part: None})
    assert expectation in names(failed(mart))


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
NAMED_BY |= {"open_items": "item_id", "payment_forecast": "invoice_id"}


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
    results = [one for one in failed(*rows) if one.expectation in ("expect_values_in_range", "expect_finite_values")]
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
    warehouse.mart("scorecard_monthly", {}, {"kpi_id": "cei"})
    assert failed("scorecard_monthly") == []
    warehouse.mart("scorecard_monthly", {}, {"kpi_id": "luck"})
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
    warehouse.mart("customer_risk", {}, {"customer_id": "D2"})
    assert failed("customer_risk") == []
    warehouse.mart("customer_risk", {})
    [result] = failed("customer_risk")
    assert (result.expectation, result.examples) == ("expect_every_customer", "(customer_id D2)")


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
    for paid, passes in ((6.0099, True), (6.0101, False), (None, False)):
        left = {"to_state": "31_60", "balance_to": 4.0}
        other = {"from_bucket": "31_60"}
        warehouse.mart("roll_rates_monthly", {"balance_to": paid}, left, other)
        expected = [] if passes else [("expect_states_to_add_up_to_the_bucket", "balance_to")]
        assert names(failed("roll_rates_monthly")) == expected


@pytest.mark.parametrize("rule", CONTACT_RULES)
def test_every_rule_has_a_verdict_on_every_contact(warehouse: Warehouse, failed: Check, rule: str) -> None:
    warehouse.mart("contact_compliance", {}, {"activity_id": "A2", rule: None})
    [result] = failed("contact_compliance")
    assert result.expectation == "expect_a_verdict_of_every_rule"
    assert result.examples.startswith("(activity_id A2, ")


@pytest.mark.parametrize(
    ("published", "passes"),
    [
        ({"contact_compliance": 7}, True),
        ({"contact_compliance": 1, "contact_findings": 1}, True),
        ({"contact_compliance": 7, "contact_findings": 1}, False),
    ],
)
def test_contacts_are_counted_against_those_published_in_the_same_shape(
    warehouse: Warehouse, failed: Check, published: Mapping[str, int], passes: bool
) -> None:
    warehouse.mart("contact_compliance", {})
    expected = [] if passes else ["expect_most_rows_published_before"]
    assert [result.expectation for result in failed("contact_compliance", published=published)] == expected


@pytest.mark.parametrize("column", ["verdict", "reason", "citation"])
def test_a_finding_comes_with_its_reason_and_citation(warehouse: Warehouse, failed: Check, column: str) -> None:
    warehouse.mart("contact_findings", {})
    assert failed("contact_findings") == []
    warehouse.mart("contact_findings", {column: None})
    assert names(failed("contact_findings")) == [("expect_a_reason_with_its_citation", "reason")]


def test_no_contact_is_judged_that_is_yet_to_come(warehouse: Warehouse, failed: Check) -> None:
    warehouse.mart("contact_compliance", {})
    assert failed("contact_compliance") == []
    tomorrow = ROWS["contact_compliance"]["occurred_at"] + timedelta(seconds=1)
    warehouse.mart("contact_compliance", {"occurred_at": tomorrow})
    assert names(failed("contact_compliance")) == [("expect_no_contact_after_the_as_of_day", "occurred_at")]


@pytest.mark.parametrize(
    ("mart", "column", "expectation"),
    [
        ("fct_receivables_ledger", "effective_date", "expect_no_event_after_the_as_of_day"),
        ("fct_invoices", "invoice_date", "expect_no_date_after_the_as_of_day"),
    ],
)
def test_nothing_is_dated_after_the_as_of_day(
    warehouse: Warehouse, failed: Check, mart: str, column: str, expectation: str
) -> None:
    warehouse.mart(mart, {column: AS_OF})
    assert failed(mart) == []
    warehouse.mart(mart, {column: AS_OF + timedelta(days=1)})
    assert names(failed(mart)) == [(expectation, column)]


@pytest.mark.parametrize(("open_balance", "bucket", "passes"), [
    (0.0, None, True), (0.1, "current", True), (-0.1, "current", True), (0.1, None, False), (0.0, "current", False),
])  # fmt: skip
def test_open_invoices_are_in_a_bucket_and_settled_ones_are_not(
    warehouse: Warehouse, failed: Check, open_balance: float, bucket: str | None, passes: bool
) -> None:
    warehouse.mart("fct_invoices", {"open_balance": open_balance, "aging_bucket": bucket})
    assert names(failed("fct_invoices")) == ([] if passes else [("expect_a_bucket_for_open_balances", "aging_bucket")])


def test_the_gate_lets_good_marts_through_and_says_all_that_is_wrong_with_others(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "it's 100% a {home}:1", as_of=AS_OF, landing=tmp_path)
    [target] = targets_of(settings, [AS_OF])
    prepare_records(settings)
    warehouse = Warehouse(target.marts_file)
    for mart in MARTS:
        warehouse.mart(mart, {})
    results = run_hand_over(settings, target)
    # Of these two nothing is asked before some have been published.
    assert set(MARTS) - {result.table_name for result in results} == {"fct_activities", "fct_receipts"}
    warehouse.mart("dso_monthly", {"dso": -1.0})
    warehouse.mart("dim_employees", {}, {})
    with pytest.raises(GateFailed) as failure:
        refuse_failures(f"{HAND_OVER} of {target.day}", run_hand_over(settings, target), settings)
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
        assert kept.fetchall() == [("hand_over", False, 2), ("hand_over", True, 2 * len(results) - 2)]

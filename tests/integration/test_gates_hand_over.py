"""Gate 2, each check with marts just inside and just outside its bound."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from expectations.gates import MARTS, hand_over_suites
from expectations.hand_overs import HandOver
from expectations.validation import CheckResult, validate
from orchestration.defs.publication.targets import targets_of
from orchestration.defs.quality.gates import check_hand_over, prepare_records
from orchestration.defs.quality.results import GateFailed
from orchestration.settings import Settings
from tests.integration.handed_over import AS_OF, MONTHS, ROWS, Warehouse

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
    assert [(result.table_name, result.unexpected_count) for result in doubled] == [(mart, 1) for mart in MARTS]
    assert all("rows 2" in result.examples for result in doubled)


@pytest.mark.parametrize(("published", "passes"), [(10, True), (11, True), (12, False)])
def test_nine_tenths_of_the_rows_published_before_are_there(
    warehouse: Warehouse, failed: Check, published: int, passes: bool
) -> None:
    warehouse.mart("fct_receipts", *({"receipt_id": f"R{n}"} for n in range(10)))
    results = failed("fct_receipts", published={"fct_receipts": published})
    assert names(results) == ([] if passes else [("expect_table_row_count_to_be_between", None)])
    if not passes:
        assert "fewer rows than 90% of the 12 published before" in results[0].message
        assert results[0].message.endswith("it is 10.")


@pytest.mark.parametrize("mart", ["dso_monthly", "cei_monthly", "delinquency_monthly", "scorecard_monthly"])
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


def test_only_the_portfolio_of_accounts_per_employee_has_every_month(warehouse: Warehouse, failed: Check) -> None:
    mart = "accounts_per_employee_monthly"
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
    ],
)
def test_parts_of_a_balance_add_up_to_it_to_the_cent(
    warehouse: Warehouse, failed: Check, mart: str, total: str, part: str
) -> None:
    expectation = (f"expect_parts_to_add_up_to_{total}", total)
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


IN_CREDIT = {"receivables": -1.0, "current_receivables": -3.0}
OVERPAID = {"closing_current_receivables": 12.5}
GROWN = {"closing_receivables": 20.5}
GROWN_3M = {"closing_receivables": 40.5}
BUCKET_IN_CREDIT = {"aging_current": -0.5, "open_invoices": 2.0}
NO_CASH = {"cash_received": -0.5}
INF, NAN = float("inf"), float("nan")

# Mart, column, a value inside, one outside, and what excuses it, if anything does.
RANGES = [
    ("dso_monthly", "days", 1, 0, None),
    ("dso_monthly", "days", 31, 32, None),
    ("dso_monthly", "dso", 0.0, -0.1, IN_CREDIT),
    ("dso_monthly", "dso_3m", 0.0, -0.1, IN_CREDIT),
    ("dso_monthly", "dso_12m", 0.0, -0.1, IN_CREDIT),
    ("dso_monthly", "dso", 1e9, INF, None),
    ("dso_monthly", "dso_countback", 0.0, -0.1, None),
    ("cei_monthly", "cei", 100.0, 100.1, OVERPAID),
    ("cei_monthly", "cei", 0.0, -0.1, GROWN),
    ("cei_monthly", "cei_3m", 100.0, 100.1, OVERPAID),
    ("cei_monthly", "cei_3m", 0.0, -0.1, GROWN_3M),
    ("cei_monthly", "cei_cash_only", 0.0, -0.1, NO_CASH),
    ("cei_monthly", "collection_rate", 0.0, -0.1, NO_CASH),
    ("delinquency_monthly", "delinquency_rate_amount", 1.0, 1.1, BUCKET_IN_CREDIT),
    ("delinquency_monthly", "delinquency_rate_amount", 0.0, -0.1, BUCKET_IN_CREDIT),
    ("delinquency_monthly", "serious_delinquency_rate", 1.0, 1.1, BUCKET_IN_CREDIT),
    ("delinquency_monthly", "delinquency_rate_count", 1.0, 1.1, None),
    ("delinquency_monthly", "delinquency_rate_accounts", 0.0, -0.1, None),
    ("accounts_per_employee_monthly", "average_fte", 0.0, -0.1, None),
    ("accounts_per_employee_monthly", "accounts_per_employee", 0.0, -0.1, None),
    ("accounts_per_employee_monthly", "accounts_per_head", 0.0, NAN, None),
    ("accounts_per_employee_monthly", "workload_max_to_mean", 1.0, 0.9, None),
    ("accounts_per_employee_monthly", "workload_gini", 1.0, 1.1, None),
    ("fct_invoices", "amount", 0.0, -0.1, None),
    ("scorecard_monthly", "value", 1e300, INF, None),
    ("scorecard_monthly", "value", -1e300, -INF, None),
    ("scorecard_monthly", "value", 0.0, NAN, None),
]
# Mart, KPI, the column that says why it has no value.
REASONS = [
    ("dso_monthly", "dso", "reason"),
    ("dso_monthly", "dso_average", "reason"),
    ("dso_monthly", "dso_gross", "reason"),
    ("dso_monthly", "best_possible_dso", "reason"),
    ("dso_monthly", "average_days_delinquent", "reason"),
    ("dso_monthly", "dso_3m", "reason_3m"),
    ("dso_monthly", "dso_12m", "reason_12m"),
    ("dso_monthly", "dso_countback", "reason_countback"),
    ("cei_monthly", "cei", "reason"),
    ("cei_monthly", "cei_cash_only", "reason"),
    ("cei_monthly", "cei_3m", "reason_3m"),
    ("cei_monthly", "collection_rate", "reason_collection_rate"),
    ("cei_monthly", "collection_rate_opening", "reason_collection_rate_opening"),
    ("delinquency_monthly", "delinquency_rate_amount", "reason"),
    ("delinquency_monthly", "serious_delinquency_rate", "reason"),
    ("delinquency_monthly", "delinquency_rate_count", "reason_count"),
    ("delinquency_monthly", "delinquency_rate_accounts", "reason_count"),
    ("accounts_per_employee_monthly", "accounts_per_employee", "reason"),
    ("accounts_per_employee_monthly", "accounts_per_head", "reason_per_head"),
    ("scorecard_monthly", "value", "reason"),
]
SCOPED_MARTS = [mart for mart in MARTS if "scope" in ROWS[mart]]


def scope(number: int) -> dict[str, str]:
    """Make a row one of its own, beside the portfolio's."""
    return {"scope": f"segment:{number}", "level": "segment"}


def test_values_are_in_range_unless_the_balances_say_why(warehouse: Warehouse, failed: Check) -> None:
    rows: dict[str, list] = {mart: [{}] for mart in ["dim_kpis", *SCOPED_MARTS]}
    held_against = []
    for number, (mart, column, inside, outside, excuse) in enumerate(RANGES):
        own = scope(number) if mart in SCOPED_MARTS else {"invoice_id": f"segment:{number}"}
        held_against.append((column, f"segment:{number}"))
        rows.setdefault(mart, []).extend(
            {**own, next(iter(own)): f"{next(iter(own.values()))}{suffix}", column: value, **(more or {})}
            for suffix, value, more in ((" in", inside, None), ("", outside, None), (" excused", outside, excuse))
            if suffix != " excused" or excuse
        )
    for mart, changes in rows.items():
        warehouse.mart(mart, *changes)
    results = failed(*rows)
    assert {result.expectation for result in results} == {"expect_values_in_range", "expect_finite_values"}
    found = [
        (result.column_name, name) for result in results for name in re.findall(r"segment:[^,)]*", result.examples)
    ]
    assert sorted(found) == sorted(held_against)


def test_missing_values_have_their_reason(warehouse: Warehouse, failed: Check) -> None:
    rows: dict[str, list] = {mart: [{}] for mart in ["dim_kpis", *SCOPED_MARTS]}
    for number, (mart, column, reason) in enumerate(REASONS):
        others = {name: None for name in ROWS[mart] if name.startswith("reason")}
        rows[mart].append({**scope(number), column: None, **others, reason: "no_sales"})
        rows[mart].append({**scope(number), "scope": f"segment:{number} without", column: None, reason: None})
    for mart, changes in rows.items():
        warehouse.mart(mart, *changes)
    results = failed(*rows)
    assert {result.expectation for result in results} == {"expect_a_reason_for_missing_values"}
    assert [(result.table_name, result.column_name, result.examples) for result in results] == [
        (mart, column, f"(month_end 2024-03-31, scope segment:{REASONS.index((mart, column, reason))} without)")
        if mart != "scorecard_monthly"
        else (mart, column, f"(month_end 2024-03-31, scope segment:{len(REASONS) - 1} without, kpi_id dso)")
        for table in SCOPED_MARTS
        for mart, column, reason in REASONS
        if mart == table
    ]


def test_kpis_of_the_scorecard_are_registered(warehouse: Warehouse, failed: Check) -> None:
    warehouse.mart("dim_kpis", {}, {"kpi_id": "cei"})
    warehouse.mart("scorecard_monthly", {}, {"kpi_id": "cei"})
    assert failed("scorecard_monthly") == []
    warehouse.mart("scorecard_monthly", {}, {"kpi_id": "luck"})
    [result] = failed("scorecard_monthly")
    assert (result.expectation, result.examples) == ("expect_registered_kpis", "(kpi_id luck, rows 1)")


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
    warehouse = Warehouse(target.warehouse_file)
    for mart in MARTS:
        warehouse.mart(mart, {})
    results = check_hand_over(settings, target)
    assert {result.table_name for result in results} == set(MARTS)
    warehouse.mart("dso_monthly", {"dso": -1.0})
    warehouse.mart("fct_receipts", {}, {})
    with pytest.raises(GateFailed) as failure:
        check_hand_over(settings, target)
    assert str(failure.value).splitlines() == [
        f"Gate hand_over of 2024-03-15: 2 of {len(results)} checks failed.",
        "  fct_receipts: expect_unique_keys: 1 key: more than one row has this receipt_id."
        " For example: (receipt_id R1, rows 2).",
        "  dso_monthly.dso: expect_values_in_range: 1 row: dso is not at least 0."
        " For example: (month_end 2024-03-31, scope portfolio, dso -1.0).",
    ]
    with duckdb.connect(settings.landed_file) as connection:
        kept = connection.execute("select gate, success, count(*) from raw.check_results group by all order by all")
        assert kept.fetchall() == [("hand_over", False, 2), ("hand_over", True, 2 * len(results) - 2)]

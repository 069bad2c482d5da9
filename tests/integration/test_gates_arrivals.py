"""Gate 1, each check with data just inside and just outside its bound."""

import dataclasses
import shlex
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from duebook.contract import read_contract
from duebook.reference import Codes
from duebook.settings import Settings
from expectations.arrivals import Arrival
from expectations.gates import arrival_suites
from expectations.results import GateFailed, failures, refuse_failures
from expectations.run_gates import ARRIVALS, run_arrivals
from expectations.validation import CheckResult, validate
from tests.support.gates.landed import Landed

AS_OF = date(2024, 5, 1)
ARRIVAL = Arrival(
    as_of=AS_OF,
    max_bad_share=0.05,
    max_staleness_days=45,
    reporting_currency=None,
    currencies=Codes(frozenset({"EUR", "USD", "EEK"}), "seeds/reference/currencies.csv"),
    outcomes=Codes(frozenset({"no_answer", "promise_to_pay"}), "seeds/reference/activity_outcomes.csv"),
)
Check = Callable[..., list[CheckResult]]


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    return Landed(tmp_path / "landing.duckdb")


@pytest.fixture
def failed(landed: Landed) -> Check:
    """What is held against some tables."""

    def check(*tables: str, arrival: Arrival = ARRIVAL) -> list[CheckResult]:
        return held_against(landed, *tables, arrival=arrival)

    return check


def held_against(landed: Landed, *tables: str, arrival: Arrival = ARRIVAL) -> list[CheckResult]:
    suites = arrival_suites(read_contract(), arrival, set(tables))
    results = validate(landed.file, "raw", {table: suites[table] for table in tables}, gate="arrivals", as_of=AS_OF)
    return [result for result in results if not result.success]


def names(results: list[CheckResult]) -> list[tuple[str, str | None]]:
    return [(result.expectation, result.column_name) for result in results]


def test_a_landing_as_agreed_passes(landed: Landed, failed: Check) -> None:
    for table in read_contract().tables:
        given = {"outcome": "no_answer"} if table.name == "activities" else {}
        own_id = {} if table.columns[0].references or len(table.key) > 2 else {table.key[0]: "x"}
        landed.row(table.name, **own_id | given)
    assert failed(*(table.name for table in read_contract().tables)) == []


def test_columns_and_types_are_the_contract_s(landed: Landed, failed: Check) -> None:
    for change in ("drop column reason_code", "alter column amount type double", "add column surprise integer"):
        landed.run(f"alter table raw.disputes {change}")
    [result] = failed("disputes")
    assert (result.expectation, result.unexpected_count) == ("expect_columns_and_types_of_the_contract", 3)
    for example in (
        "(column_name reason_code, agreed_type VARCHAR, landed_type none)",
        "(column_name amount, agreed_type DECIMAL(18,4), landed_type DOUBLE)",
        "(column_name surprise, agreed_type none, landed_type INTEGER)",
    ):
        assert example in result.examples


def test_a_table_that_is_not_there_is_named(landed: Landed, failed: Check) -> None:
    landed.run("drop table raw.disputes")
    [result] = failed("disputes")
    assert result.message == (
        "disputes: expect_table_to_exist: there is no table disputes in schema raw of landing.duckdb."
    )


# Rows just inside what a value may be, landed first, and rows just outside, in file 7.
INSIDE = [
    ("control_balances", {"company_id": "C1"}),
    ("disputes", {"amount": None, "opened_date": None, "invoice_id": None, "is_deleted": True}),
    ("activities", {"outcome": "no_answer", "channel": "visit"}),
    ("activities", {"outcome": "promise_to_pay"}),
    ("promises", {"amount": "0.0001"}),
    ("receipts", {"amount": "0"}),
    ("receipts", {"currency_code": "EEK"}),
    ("employees", {"fte": "0"}),
    ("employees", {"process_share": "1"}),
]
OUTSIDE = [
    ("control_balances", {"company_id": "C1", "balance_date": None, "source_row": 101}),
    ("disputes", {"amount": None, "is_deleted": False, "source_row": 102}),
    ("activities", {"outcome": "no_answer", "channel": "fax", "source_row": 103}),
    ("activities", {"outcome": "left a note: {call back}"}),
    ("activities", {"outcome": "it's busy"}),
    ("promises", {"amount": "0"}),
    ("receipts", {"amount": "-0.0001"}),
    ("receipts", {"currency_code": "EUX"}),
    ("receipts", {"currency_code": "EUX"}),
    ("employees", {"fte": "-0.0001"}),
    ("employees", {"process_share": "1.0001"}),
]
OF_VALUES = list(dict.fromkeys(table for table, _ in OUTSIDE))


@pytest.fixture(scope="module")
def with_wrong_values(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    """All rows inside and outside in one landing: asking for each by itself took most of a minute."""
    landed = Landed(tmp_path_factory.mktemp("values") / "landing.duckdb")
    for table, row in INSIDE:
        landed.row(table, **row)
    assert held_against(landed, *OF_VALUES) == [], "just inside"
    for table, row in OUTSIDE:
        landed.row(table, **row, source_file_number=7)
    return landed


@pytest.fixture(scope="module")
def wrong_values(with_wrong_values: Landed) -> dict[tuple[str, str | None, str], CheckResult]:
    """What is held against it, by table, column and expectation."""
    results = held_against(with_wrong_values, *OF_VALUES)
    return {(one.table_name, one.column_name, one.expectation): one for one in results}


def test_keys_are_complete(wrong_values: dict) -> None:
    result = wrong_values["control_balances", None, "expect_keys_and_required_values"]
    assert result.examples == "(source_file control_balances.csv, source_row 101, missing balance_date)"


def test_required_values_are_there_but_in_tombstones(wrong_values: dict) -> None:
    result = wrong_values["disputes", None, "expect_keys_and_required_values"]
    assert result.examples == "(source_file disputes.csv, source_row 102, missing amount)"


def test_values_are_the_contract_s(wrong_values: dict) -> None:
    assert wrong_values["activities", "channel", "expect_column_values_to_be_in_set"].message == (
        "activities.channel: expect_column_values_to_be_in_set: 1 row: the value is none of phone, email, sms, letter,"
        " portal, visit. For example: (source_file activities.csv, source_row 103, channel fax)."
    )


@pytest.mark.parametrize(
    ("table", "column"),
    [("promises", "amount"), ("receipts", "amount"), ("employees", "fte"), ("employees", "process_share")],
)
def test_values_are_in_range(wrong_values: dict, table: str, column: str) -> None:
    assert wrong_values[table, column, "expect_column_values_to_be_between"].unexpected_count == 1


def test_currencies_are_of_iso_4217_withdrawn_ones_too(wrong_values: dict) -> None:
    result = wrong_values["receipts", "currency_code", "expect_currency_codes_of_iso_4217"]
    assert result.examples == "(currency_code EUX, rows 2, first in receipts.csv)"


def test_every_outcome_is_mapped(with_wrong_values: Landed, wrong_values: dict) -> None:
    result = wrong_values["activities", "outcome", "expect_outcomes_to_be_mapped"]
    assert result.unexpected_count == 2
    assert result.examples.count("(outcome ***, rows 1, first in ") == 2
    more = Codes(ARRIVAL.outcomes.values | {"it's busy", "left a note: {call back}"}, ARRIVAL.outcomes.file)
    mapped = dataclasses.replace(ARRIVAL, outcomes=more)
    assert names(held_against(with_wrong_values, "activities", arrival=mapped)) == [
        ("expect_column_values_to_be_in_set", "channel")
    ]


def test_no_check_of_values_fails_for_another_reason(wrong_values: dict) -> None:
    assert sorted((table, column) for table, column, _ in wrong_values if column) == [
        *(("activities", "channel"), ("activities", "outcome")),
        *(("employees", "fte"), ("employees", "process_share")),
        *(("promises", "amount"), ("receipts", "amount"), ("receipts", "currency_code")),
    ]
    assert [table for table, column, _ in wrong_values if not column] == ["control_balances", "disputes"]


def test_rows_of_a_file_that_has_passed_are_not_asked_again(with_wrong_values: Landed, wrong_values: dict) -> None:
    passed, not_passed = (
        held_against(with_wrong_values, *OF_VALUES, arrival=dataclasses.replace(ARRIVAL, after_file=number))
        for number in (7, 6)
    )
    assert passed == []
    assert {(one.table_name, one.column_name, one.expectation) for one in not_passed} == wrong_values.keys()


def test_a_wrong_code_that_a_later_version_mends_is_no_longer_held_against(landed: Landed, failed: Check) -> None:
    wrong = {"currency_code": "EUX", "updated_at": datetime(2024, 4, 1)}
    older = {"currency_code": "EUR", "updated_at": datetime(2024, 3, 1), "source_file_number": 2}
    landed.rows("receipts", [{"receipt_id": key} | row for key in ("R1", "R2", "R3") for row in (wrong, older)])
    [result] = failed("receipts")
    assert result.examples == "(currency_code EUX, rows 3, first in receipts.csv)"
    later = {"updated_at": datetime(2024, 4, 1), "source_file_number": 3}
    landed.row("receipts", receipt_id="R1", **later | {"currency_code": "EUR"})
    landed.row("receipts", receipt_id="R2", **later | {"currency_code": "EUR", "updated_at": datetime(2024, 4, 2)})
    landed.row("receipts", receipt_id="R3", **later | {"currency_code": None, "is_deleted": True})
    assert failed("receipts") == []


MEND = {"updated_at": datetime(2024, 4, 1), "source_file_number": 3}
REPLACED = {"updated_at": datetime(2024, 3, 1), "source_file_number": 1}
# What each check of values finds wrong, in a version that another replaces: the mended row beside it is all right.
WRONG = {
    "required": ("promises", "amount", None, 1),
    "values": ("activities", "channel", "fax", "phone"),
    "range": ("receipts", "amount", "-1", "5"),
    "currency": ("receipts", "currency_code", "eur", "EUR"),
    "outcome": ("activities", "outcome", "unheard of", "no_answer"),
    "reference": ("disputes", "invoice_id", "lost", "I1"),
    "one currency, invoices": ("invoices", "currency_code", "USD", "EUR"),
    "one currency, receipts": ("receipts", "currency_code", "USD", "EUR"),
    "one currency, memos": ("credit_memos", "currency_code", "USD", "EUR"),
    "fresh": ("invoices", "invoice_date", date(2024, 3, 16), date(2024, 4, 30)),
}


@pytest.mark.long
@pytest.mark.parametrize(("table", "column", "wrong", "mended"), WRONG.values(), ids=WRONG)
def test_every_check_asks_the_version_that_counts(
    landed: Landed, failed: Check, table: str, column: str, wrong: object, mended: object
) -> None:
    """Which one that is: the later `updated_at`, whatever landed last."""
    key = read_contract().table(table).key[0]
    usual = {"outcome": "no_answer"} if table == "activities" else {}
    if column != "invoice_date":
        landed.row("invoices", invoice_id="I1")
    checked = {table, "invoices"}
    landed.row(table, **usual | {key: "R", column: wrong} | REPLACED)
    assert failed(*checked) != [], "while it counts"
    landed.row(table, **usual | {key: "R", column: mended} | MEND)
    assert failed(*checked) == [], "mended"
    landed.row(table, **usual | {key: "R", column: wrong} | REPLACED | {"source_file_number": 9})
    assert failed(*checked) == [], "an older version that lands later"
    landed.row(table, **usual | {key: "R", column: wrong} | MEND | {"source_file_number": 10})
    assert failed(*checked) != [], "a later version that is wrong again"
    landed.row(table, **{key: "R", "is_deleted": True} | MEND | {"source_file_number": 11})
    assert len(failed(*checked)) == (1 if column == "invoice_date" else 0), "gone: nothing is wrong, nothing is fresh"


def test_what_was_learnt_after_the_day_asked_for_does_not_count_yet(landed: Landed, failed: Check) -> None:
    landed.row("invoices", invoice_id="I1", currency_code="EUR", recorded_at=datetime(2024, 4, 1))
    landed.row("invoices", invoice_id="I2", currency_code="USD", recorded_at=datetime(2024, 4, 1))
    landed.row("invoices", invoice_id="I2", currency_code="EUR", recorded_at=datetime(2024, 4, 3), source_file_number=2)
    assert failed("invoices") == []
    then = dataclasses.replace(ARRIVAL, known_as_of=date(2024, 4, 2))
    assert names(failed("invoices", arrival=then)) == [("expect_one_currency_or_a_reporting_currency", "currency_code")]


def test_versions_of_a_record_are_one_row_of_the_share_that_may_wait(landed: Landed, failed: Check) -> None:
    landed.row("invoices", invoice_id="I1")
    landed.rows("disputes", [{"dispute_id": f"D{n}", "invoice_id": "I1" if n > 2 else "lost"} for n in range(1, 21)])
    arrival = dataclasses.replace(ARRIVAL, max_bad_share=0.1)
    assert failed("disputes", arrival=arrival) == [], "2 of 20"
    landed.row("disputes", dispute_id="D3", invoice_id="lost", source_file_number=2)
    assert names(failed("disputes", arrival=arrival)) == [("expect_references_to_exist", "invoice_id")], "3 of 20"


def test_a_partner_that_has_landed_and_was_deleted_is_known(landed: Landed, failed: Check) -> None:
    landed.row("invoices", invoice_id="I1")
    landed.row("invoices", invoice_id="I1", is_deleted=True, source_file_number=2)
    landed.row("disputes", invoice_id="I1")
    assert failed("disputes") == []


def test_a_share_of_references_may_be_missing(landed: Landed, failed: Check) -> None:
    landed.row("invoices", invoice_id="I1")
    landed.rows("disputes", [{"invoice_id": "I1" if n > 5 else f"lost{n}"} for n in range(1, 101)])
    assert failed("disputes") == []
    landed.run("update raw.disputes set invoice_id = 'lost6' where source_row = 8")
    [result] = failed("disputes")
    assert names([result]) == [("expect_references_to_exist", "invoice_id")]
    assert result.unexpected_count == 6
    assert "invoice_id is not in invoices; at most 5.00% of all rows may wait for a missing reference" in result.message
    assert "(source_file disputes.csv, source_row 2, invoice_id lost1)" in result.message


def test_a_table_that_never_landed_is_not_missed_by_references(landed: Landed, failed: Check) -> None:
    landed.row("disputes", invoice_id="lost")
    assert failed("disputes") == []
    landed.row("invoices", invoice_id="another")
    assert names(failed("disputes")) == [("expect_references_to_exist", "invoice_id")]


def test_absent_references_and_tombstones_miss_nothing(landed: Landed, failed: Check) -> None:
    for table, key in (("receipts", "receipt_id"), ("credit_memos", "credit_memo_id"), ("invoices", "invoice_id")):
        landed.row(table, **{key: "A"})
    landed.row("applications", receipt_id="A", credit_memo_id=None, invoice_id="A")
    landed.row("applications", receipt_id="gone", invoice_id="gone", is_deleted=True)
    assert failed("applications") == []


def test_the_newest_invoice_or_receipt_is_fresh(landed: Landed, failed: Check) -> None:
    landed.row("invoices", invoice_date=date(2024, 3, 17))
    landed.row("receipts", receipt_date=date(2024, 3, 16))
    assert failed("invoices") == [], "45 days before the as-of day"
    landed.run("update raw.invoices set invoice_date = date '2024-03-16'")
    [result] = failed("invoices")
    assert result.message == (
        "invoices: expect_fresh_facts: the newest invoice or receipt on or before 2024-05-01 is older than"
        " 45 days: set AS_OF or land newer files. For example: (newest 2024-03-16)."
    )
    landed.run("update raw.receipts set receipt_date = date '2024-03-17'")
    assert failed("invoices") == []


def test_facts_after_the_as_of_day_and_deleted_ones_do_not_make_it_fresh(landed: Landed, failed: Check) -> None:
    landed.row("invoices", invoice_date=date(2024, 5, 2))
    landed.row("receipts", receipt_date=date(2024, 4, 30), is_deleted=True)
    [result] = failed("invoices")
    assert result.examples == "(newest none at all)"


def test_several_currencies_need_one_to_report_in(landed: Landed, failed: Check) -> None:
    landed.row("invoices", currency_code="EUR")
    landed.row("receipts", currency_code="USD")
    landed.row("credit_memos", currency_code="EEK")
    [result] = failed("invoices")
    assert names([result]) == [("expect_one_currency_or_a_reporting_currency", "currency_code")]
    assert result.examples == "(currencies EEK EUR USD)"
    assert failed("invoices", arrival=dataclasses.replace(ARRIVAL, reporting_currency="USD")) == []


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "it's 100% a {home}:1", as_of=AS_OF, landing=tmp_path)


def test_the_gate_lets_a_good_landing_through_and_keeps_its_results(settings: Settings) -> None:
    landed = Landed(settings.landed_file)
    landed.row("invoices", invoice_id="I1")
    results = run_arrivals(settings, AS_OF)
    assert failures(results) == []
    columns = ", ".join(field.name for field in dataclasses.fields(CheckResult))
    assert landed.run(f"select {columns} from raw.check_results") == [dataclasses.astuple(one) for one in results]
    assert landed.run("select count(*) from raw.refreshes") == [(0,)], "models read it later"
    run_arrivals(settings, AS_OF)
    assert landed.run("select count(*), count(distinct checked_at) from raw.check_results") == [(2 * len(results), 2)]


def test_a_closed_gate_says_all_that_is_wrong_and_keeps_it(settings: Settings) -> None:
    landed = Landed(settings.landed_file)
    landed.row("invoices", invoice_id="I1", currency_code="EUX")
    landed.row("activities", outcome="left a note")
    with pytest.raises(GateFailed) as failure:
        refuse_failures(f"{ARRIVALS} of {AS_OF}", run_arrivals(settings, AS_OF), settings)
    first, *rest = str(failure.value).splitlines()
    assert first.startswith("Gate arrivals of 2024-05-01: 2 of ")
    assert rest.pop() == (
        "  If the data are right, accept this for one run (it is logged): make refresh "
        f"LANDING={settings.landing} HOME_DIR={shlex.quote(str(settings.home))} AS_OF={AS_OF} "
        "ACCEPT=expect_currency_codes_of_iso_4217:invoices,expect_outcomes_to_be_mapped:activities"
    )
    assert [line.split(": ")[:2] for line in rest] == [
        ["  invoices.currency_code", "expect_currency_codes_of_iso_4217"],
        ["  activities.outcome", "expect_outcomes_to_be_mapped"],
    ]
    assert landed.run("select table_name, column_name from raw.check_results where not success order by all") == [
        ("activities", "outcome"),
        ("invoices", "currency_code"),
    ]

"""Payments without references: each rule where it fires and where it doesn't, decided once, overridden by a person."""

from datetime import date
from decimal import Decimal

import pytest

from duebook.adapters.cash.rules import RULES, OpenInvoice, Payment, apply_payments
from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.landing import Request, land, make, work_database
from duebook.contract import read_contract
from duebook.settings import Settings
from tests.support.adapters.month_ends import rows_of

ALL = list(RULES)


def invoice(number: str, amount: str, due: int = 10, customer: str = "C", issued: int = 1) -> OpenInvoice:
    days = date(2024, 1, issued), date(2024, 2, due)
    return OpenInvoice(number, number, customer, "EUR", *days, Decimal(amount))


def payment(amount: str, memo: str = "", receipt: str = "P1", customer: str = "C") -> Payment:
    return Payment(receipt, customer, "EUR", date(2024, 1, 20), Decimal(amount), memo)


def applied(payments: list[Payment], invoices: list[OpenInvoice], rules: list[str]) -> list[tuple[str, str, str]]:
    return [(one.invoice_id, f"{one.amount:.2f}", one.rule) for one in apply_payments(payments, invoices, rules)]


@pytest.mark.parametrize(
    ("memo", "found"),
    [
        ("pays INV-1001, thanks", ["INV-1001"]),
        ("inv-1001 and INV-1002", ["INV-1001", "INV-1002"]),
        ("XINV-1001", []),
        ("0000INV-1001", ["INV-1001"]),
        ("pays 77", []),
    ],
)
def test_a_reference_is_a_whole_word_of_the_memo_with_four_characters(memo, found) -> None:
    invoices = [invoice("INV-1001", "10"), invoice("INV-1002", "5"), invoice("77", "15")]
    assert [one for one, _, _ in applied([payment("15", memo)], invoices, ["reference"])] == found


def test_a_reference_of_another_customer_is_none() -> None:
    assert applied([payment("10", "INV-1001")], [invoice("INV-1001", "10", customer="D")], ["reference"]) == []


def test_a_payment_that_is_not_the_sum_of_its_references_pays_the_oldest_of_them_first() -> None:
    invoices = [invoice("INV-1001", "10", due=20), invoice("INV-1002", "10", due=5), invoice("INV-1003", "10", due=1)]
    found = applied([payment("12", "INV-1001 INV-1002")], invoices, ["reference"])
    assert found == [("INV-1002", "10.00", "reference"), ("INV-1001", "2.00", "reference")]


@pytest.mark.parametrize(("other", "fires"), [("11", True), ("10", False)])
def test_a_unique_amount_fires_for_one_invoice_and_not_for_two(other, fires) -> None:
    found = applied([payment("10")], [invoice("A", "10"), invoice("B", other)], ["amount_unique"])
    assert found == ([("A", "10.00", "amount_unique")] if fires else [])


@pytest.mark.parametrize(("third", "fires"), [("8", True), ("4", False)])
def test_a_unique_sum_fires_for_one_set_and_not_for_two(third, fires) -> None:
    found = applied([payment("10")], [invoice("A", "6"), invoice("B", "4"), invoice("C", third)], ["sum_unique"])
    assert [one for one, _, _ in found] == (["A", "B"] if fires else [])


@pytest.mark.parametrize(("others", "fires"), [(10, True), (11, False)])
def test_a_unique_sum_is_looked_for_among_twelve_open_invoices_at_most(others, fires) -> None:
    many = [invoice(f"Z{n}", "1000") for n in range(others)]
    assert bool(applied([payment("10")], [invoice("A", "6"), invoice("B", "4"), *many], ["sum_unique"])) == fires


def test_of_several_of_one_amount_the_one_due_first_is_paid() -> None:
    found = applied([payment("10")], [invoice("A", "10", due=9), invoice("B", "10", due=8)], ["amount_oldest"])
    assert found == [("B", "10.00", "amount_oldest")]


def test_oldest_first_pays_in_parts_and_leaves_what_is_too_much() -> None:
    found = applied([payment("25")], [invoice("A", "10", due=9), invoice("B", "10", due=8)], ["oldest_first"])
    assert found == [("B", "10.00", "oldest_first"), ("A", "10.00", "oldest_first")]


def test_rules_are_tried_in_their_order_and_a_paid_invoice_is_not_paid_again() -> None:
    payments = [payment("10", receipt="P1"), payment("10", receipt="P2")]
    found = applied(payments, [invoice("A", "10", due=9), invoice("B", "10", due=8)], ALL)
    assert found == [("B", "10.00", "amount_oldest"), ("A", "10.00", "amount_unique")]


def test_a_payment_before_its_invoice_is_applied_on_the_day_of_the_invoice() -> None:
    [one] = apply_payments([payment("10")], [invoice("A", "10", issued=25)], ALL)
    assert one.applied_date == date(2024, 1, 25)


INVOICES = "customer,number,date,amount\nC1,INV-1001,2024-01-01,100.00\nC1,INV-1002,2024-01-02,100.00\n"
BANK = "Date,Payer,Amount,Memo\n2024-02-01,DE02,100.00,thank you\n2024-02-02,DE99,50.00,who am I\n"


@pytest.fixture
def home(tmp_path) -> Settings:
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    (tmp_path / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    (tmp_path / "invoices.yml").write_text(
        "grain: invoice\ncolumns: {customer_id: customer, invoice_id: number, invoice_date: date, amount: amount}\n"
        "constants: {company_id: ACME, currency_code: EUR}\n",
        encoding="utf-8",
    )
    (tmp_path / "bank.csv").write_text(BANK, encoding="utf-8")
    (tmp_path / "payers.csv").write_text("payer,customer_id\nde02,C1\n", encoding="utf-8")
    landed(settings, "invoices")
    return settings


def landed(home: Settings, name: str, options: str = "") -> list[dict[str, object]]:
    """Land a list; returns the applications there are then."""
    folder = home.home.parent
    if name == "bank":
        said = f"preset: bank_lines\nconstants: {{company_id: ACME, currency_code: EUR}}\noptions: {{{options}}}\n"
        (folder / "bank.yml").write_text(said, encoding="utf-8")
    with work_database(home) as con:
        request = Request("flat", str(folder / f"{name}.csv"), str(folder / f"{name}.yml"))
        made, user = make(con, request, home, read_contract(), print)
        land(made, user, home, read_contract(), print)
        return sorted(rows_of(made.extracted, "applications"), key=lambda row: str(row["application_id"]))


def test_a_payment_is_decided_once_against_what_was_open_then(home) -> None:
    payers = "payers: payers.csv"
    [first] = landed(home, "bank", payers)
    assert (first["invoice_id"], first["rule"]) == ("INV-1001", "amount_oldest")
    # An older invoice that lands later would have been chosen, had it been there.
    older = INVOICES + "C1,INV-1000,2023-12-01,100.00\n"
    (home.home.parent / "invoices.csv").write_text(older, encoding="utf-8")
    landed(home, "invoices")
    assert landed(home, "bank", payers) == [first]


def test_a_payer_nobody_knows_is_applied_to_nothing(home) -> None:
    assert landed(home, "bank") == []


def test_a_payer_of_two_customers_is_refused(home) -> None:
    file = home.home.parent / "payers.csv"
    file.write_text("payer,customer_id\nDE02,C1\nde02,C2\n", encoding="utf-8")
    with pytest.raises(AdapterError, match="the payer 'de02' is of two customers, C1 and C2"):
        landed(home, "bank", f"payers: {file}")


def test_a_person_overrides_from_the_day_of_the_decision_on(home) -> None:
    folder = home.home.parent
    payers = f"payers: {folder / 'payers.csv'}"
    [before] = landed(home, "bank", payers)
    lines = f"receipt_id,invoice_id,amount,decided_date\n{before['receipt_id']},INV-1002,100.00,2024-03-01\n"
    (folder / "overrides.csv").write_text(lines, encoding="utf-8")
    options = f"{payers}, overrides: {folder / 'overrides.csv'}"
    taken_back, new = landed(home, "bank", options)
    assert (taken_back["invoice_id"], taken_back["unapplied_date"]) == ("INV-1001", date(2024, 3, 1))
    assert (new["invoice_id"], new["applied_date"], new["rule"]) == ("INV-1002", date(2024, 3, 1), "override")
    assert landed(home, "bank", options) == [taken_back, new]


@pytest.mark.parametrize(
    ("options", "said"),
    [("rules: [oldest]", r"did you mean oldest_first\?"), ("payers: nowhere.csv", "nowhere.csv can't be read")],
)
def test_options_of_cash_that_make_no_sense_are_refused(home, options, said) -> None:
    with pytest.raises(AdapterError, match=said):
        landed(home, "bank", options)

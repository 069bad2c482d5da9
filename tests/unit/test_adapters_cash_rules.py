"""Rules by which payments are applied: each where it fires and where it doesn't, and what becomes of the rest."""

import random
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal

import pytest

from duebook.adapters.cash.book import Book
from duebook.adapters.cash.rules import RULES, OpenInvoice, Payment, apply_payments

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


def test_an_invoice_that_a_payment_names_is_paid_though_it_was_issued_later() -> None:
    open_now = [invoice("INV-1001", "10"), invoice("INV-1002", "10", issued=25)]
    assert applied([payment("10", "INV-1002")], open_now, ALL) == [("INV-1002", "10.00", "reference")]


@pytest.mark.parametrize(("amount", "rest"), [("10.01", []), ("10.02", [("INV-1002", "0.02", "oldest_first")])])
def test_what_a_payment_has_left_goes_on_but_for_the_cent_of_a_sum(amount, rest) -> None:
    open_now = [invoice("INV-1001", "10"), invoice("INV-1002", "10")]
    assert applied([payment(amount, "INV-1001")], open_now, ALL) == [("INV-1001", "10.00", "reference"), *rest]


def test_what_is_left_is_applied_after_all_payments_found_their_own() -> None:
    open_now = [invoice("INV-1001", "10"), invoice("INV-1002", "10"), invoice("INV-1003", "7")]
    found = applied([payment("15", "INV-1001"), payment("10", receipt="P2")], open_now, ALL)
    assert found == [
        ("INV-1001", "10.00", "reference"),
        ("INV-1002", "10.00", "amount_unique"),
        ("INV-1003", "5.00", "oldest_first"),
    ]


def test_rests_are_tried_again_as_long_as_any_finds_an_invoice() -> None:
    # The second payment takes C, and only then D is the only one that makes up the first together with A.
    open_now = [invoice("A", "100"), invoice("C", "50", issued=25), invoice("D", "50", issued=25, due=11)]
    found = applied([payment("150"), payment("50", receipt="P2")], open_now, ["sum_unique", "amount_oldest"])
    assert found == [
        ("C", "50.00", "amount_oldest"),
        ("A", "100.00", "sum_unique"),
        ("D", "50.00", "sum_unique"),
    ]


@pytest.mark.parametrize("rules", [ALL, ALL[:3], ["amount_unique"]], ids=["all", "without policies", "one"])
@pytest.mark.parametrize("seed", range(3))
def test_what_a_second_landing_would_apply_is_applied_by_the_first(rules, seed) -> None:
    chance = random.Random(seed)

    def some(number: int) -> tuple[str, date, Decimal]:
        return (
            f"C{number % 20}",
            date(2024, 1, 1) + timedelta(days=chance.randrange(90)),
            Decimal(chance.randrange(8, 12)),
        )

    invoices, payments = [], []
    for number in range(200):
        customer, day, amount = some(number)
        invoices.append(OpenInvoice(f"I{number:04d}", "", customer, "EUR", day, None, amount))
        customer, day, amount = some(number)
        memo = f"I{chance.randrange(200):04d}"
        payments.append(Payment(f"P{number:04d}", customer, "EUR", day, amount, memo))
    first = Book([], payments, deepcopy(invoices), {})
    first.apply(rules)
    open_now = {one.invoice_id: one for one in invoices}
    for one in first.decided:
        open_now[one.invoice_id].open_amount -= one.amount
    assert min(one.open_amount for one in invoices) >= 0
    second = Book(first.decided, payments, invoices, {})
    assert "reference" not in rules or second.decide_again() == []
    second.apply(rules)
    assert second.decided == first.decided

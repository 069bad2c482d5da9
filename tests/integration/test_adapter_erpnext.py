"""ERPNext: the fixture's month ends to the cent, documents the fixture doesn't have, mistakes that are noticed.

Not here: its tables in a database (test_adapter_erpnext_database.py).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from duebook.adapters.landing import Made
from tests.support.adapters.month_ends import differences, made_of, rows_of, with_mistake
from tests.support.adapters.more_rows import with_more
from tests.support.borrowed import SHAPES_DIR, SOURCES, needs_borrowed

SOURCE, EXPECTED = SHAPES_DIR / "erpnext", SHAPES_DIR / "expected" / "erpnext_ar_monthly.csv"

pytestmark = needs_borrowed(SOURCES)

ENTRIES, SALES = "shapes/database/erpnext__entries.sql", "views/erpnext__sales.sql"
PAYMENTS, SETTLEMENTS = "views/erpnext__payments.sql", "views/erpnext__settlements.sql"
MISTAKES = {
    "sign turned round": ("invoices.sql", "    amount,", "    -amount as amount,"),
    "cancelled documents kept": (
        "invoices.sql",
        "case when is_cancelled then posting_date end",
        "cast(null as date)",
    ),
    "delinked entries kept": (ENTRIES, "coalesce(delinked, false) as is_undone", "false as is_undone"),
    "employees' advances and suppliers' rows kept": (ENTRIES, "and party_type = 'Customer'", "and true"),
    "amounts in the company's currency": (
        ENTRIES,
        "amount_in_account_currency as amount",
        "amount as amount",
    ),
    "drafts kept": (SALES, "where invoices.docstatus in (1, 2)", "where true"),
    "reconciliations by journal left out": (SETTLEMENTS, "where credits.is_credit", "where credits.upto < 0"),
    "a reconciliation dated as its payment": (
        "applications.sql",
        "    posting_date as applied_date",
        "    date '2024-01-01' as applied_date",
    ),
    "deductions taken for cash": (
        PAYMENTS,
        "least(payments.paid_amount, -vouchers.amount)",
        "-vouchers.amount",
    ),
    "deductions left out": ("applications.sql", "    discount_amount,", "    0 as discount_amount,"),
    "first part payments left out": ("applications.sql", "    and amount > 0", "    and settlement_id > 'PLE-000150'"),
    "write-offs left out": ("adjustments.sql", "or amount < 0)", "or amount < 0) and source_kind <> 'write_off'"),
}  # fmt: skip

DEBTORS = {
    "posting_date": "2024-06-03",
    "company": "Example",
    "account_type": "Receivable",
    "account": "Debtors USD - E",
    "party_type": "Customer",
    "party": "Customer 08",
    "account_currency": "USD",
    "delinked": 0,
}


def entry(name: str, voucher: tuple[str, str], against: tuple[str, str], amount: int, **other: object) -> dict:
    """A row of the payment ledger."""
    return {
        "name": name,
        "voucher_type": voucher[0],
        "voucher_no": voucher[1],
        "against_voucher_type": against[0],
        "against_voucher_no": against[1],
        "amount": amount,
        "amount_in_account_currency": amount,
        **other,
    }


TILL, SALE, RETURN = ("Sales Invoice", "POS-1"), ("Sales Invoice", "SINV-X"), ("Sales Invoice", "SRET-X")
PAY, PAID_BACK = ("Payment Entry", "PAY-X"), ("Payment Entry", "PAY-OUT")
JOURNAL, BOTH, OPENING = ("Journal Entry", "JV-CASH"), ("Journal Entry", "JV-BOTH"), ("Journal Entry", "JV-OPEN")
# A sale at a till; an invoice in two instalments; a return; a payment; a journal that reconciles the invoice with both
# in one voucher; a refund of the return's rest; a journal that is a payment; one that debits.
MORE = {
    "tabPayment Ledger Entry": [
        entry("X-01", TILL, TILL, 50),
        entry("X-02", TILL, TILL, -50),
        entry("X-03", SALE, SALE, 1000, due_date="2024-07-03"),
        entry("X-04", RETURN, RETURN, -100),
        entry("X-05", PAY, PAY, -300),
        entry("X-06", BOTH, SALE, -60),
        entry("X-07", BOTH, SALE, -300),
        entry("X-08", BOTH, RETURN, 60),
        entry("X-09", BOTH, PAY, 300),
        entry("X-10", PAID_BACK, RETURN, 40, posting_date="2024-06-09"),
        entry("X-11", JOURNAL, SALE, -200, posting_date="2024-06-10"),
        entry("X-12", OPENING, OPENING, 70),
    ],
    "tabSales Invoice": [
        {"name": "POS-1", "is_return": 0, "grand_total": 50, "outstanding_amount": 0},
        {"name": "SINV-X", "is_return": 0, "grand_total": 1000.4, "rounded_total": 1000, "outstanding_amount": 440},
        {"name": "SRET-X", "is_return": 1, "grand_total": -100, "outstanding_amount": 0, "return_against": "SINV-X"},
    ],
    "tabPayment Entry": [
        {"name": "PAY-X", "payment_type": "Receive", "paid_amount": 300, "unallocated_amount": 0},
        {"name": "PAY-OUT", "payment_type": "Pay", "paid_amount": 40, "unallocated_amount": 0},
    ],
    "tabJournal Entry": [
        {"name": "JV-CASH", "voucher_type": "Bank Entry"},
        {"name": "JV-BOTH", "voucher_type": "Credit Note"},
        {"name": "JV-OPEN", "voucher_type": "Opening Entry"},
    ],
    "tabPayment Schedule": [
        {"name": "PS-1", "parent": "SINV-X", "due_date": "2024-06-18", "payment_amount": 400},
        {"name": "PS-2", "parent": "SINV-X", "due_date": "2024-07-03", "payment_amount": 600},
    ],
}
SAME = {
    "tabPayment Ledger Entry": DEBTORS,
    "tabSales Invoice": {
        "docstatus": 1,
        "company": "Example",
        "customer": "Customer 08",
        "posting_date": "2024-06-03",
        "due_date": "2024-07-03",
        "currency": "USD",
        "conversion_rate": 1,
    },
    "tabPayment Entry": {
        "docstatus": 1,
        "party_type": "Customer",
        "party": "Customer 08",
        "company": "Example",
        "posting_date": "2024-06-03",
        "paid_from_account_currency": "USD",
    },
}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Iterator[Made]:
    with made_of("erpnext", SOURCE, tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture(scope="module")
def made_of_more(tmp_path_factory) -> Iterator[Made]:
    source = with_more(SOURCE, MORE, SAME, tmp_path_factory.mktemp("more"))
    with made_of("erpnext", source, tmp_path_factory.mktemp("home")) as made:
        yield made


def is_wrong(made: Made) -> bool:
    """Whether month ends, open amounts of documents, discounts or write-offs differ from the fixture's."""
    discounts = sum(row["discount_amount"] for row in rows_of(made.extracted, "applications"))
    adjusted = {row["adjustment_type"] for row in rows_of(made.extracted, "adjustments")}
    return (
        differences(made.extracted, EXPECTED) != {}
        or made.tie.differences != []
        or discounts != Decimal("1007.95")
        or adjusted != {"write_off"}
    )


def test_month_ends_are_the_expected_ones_to_the_cent(made) -> None:
    assert differences(made.extracted, EXPECTED) == {}
    assert not is_wrong(made)


def test_the_tie_has_every_document_and_no_difference(made) -> None:
    assert (made.tie.documents, made.tie.differences) == (121 + 99 + 11, [])


def test_every_row_left_out_has_a_reason(made) -> None:
    assert made.extracted.dropped == [
        ("Payment Ledger Entry", "not receivable", 1),
        ("Payment Ledger Entry", "of no customer", 1),
        ("Sales Invoice", "draft", 1),
    ]


def test_exchange_rates_are_units_of_the_companys_currency(made) -> None:
    rates = {row["currency_code"]: Decimal(row["exchange_rate"]) for row in rows_of(made.extracted, "invoices")}
    assert rates["USD"] == 1 and Decimal("1.08") < rates["EUR"] < Decimal("1.09")


def test_what_a_till_was_paid_at_once_is_left_out(made_of_more) -> None:
    assert "POS-1" not in {row["invoice_id"] for row in rows_of(made_of_more.extracted, "invoices")}
    assert ("Sales Invoice", "paid at once, or of nothing", 1) in made_of_more.extracted.dropped


def test_an_invoice_is_of_its_rounded_total_and_its_instalments(made_of_more) -> None:
    [invoice] = [row for row in rows_of(made_of_more.extracted, "invoices") if row["invoice_id"] == "SINV-X"]
    parts = [(row["due_date"], row["amount"]) for row in rows_of(made_of_more.extracted, "instalments")]
    assert invoice["amount"] == 1000
    assert sorted(parts) == [(date(2024, 6, 18), 400), (date(2024, 7, 3), 600)]


def test_a_journal_reconciles_an_invoice_with_several_documents(made_of_more) -> None:
    applied = [row for row in rows_of(made_of_more.extracted, "applications") if row["invoice_id"] == "SINV-X"]
    assert sorted((row["receipt_id"] or row["credit_memo_id"], row["amount"]) for row in applied) == [
        ("JV-CASH:Customer 08", 200),
        ("PAY-X", 300),
        ("SRET-X", 60),
    ]


def test_a_payment_to_a_customer_gives_back_what_is_left_of_a_return(made_of_more) -> None:
    refunds = rows_of(made_of_more.extracted, "refunds")
    assert [(row["credit_memo_id"], row["refund_date"], row["amount"]) for row in refunds] == [
        ("SRET-X", date(2024, 6, 9), 40)
    ]


def test_journals_that_debit_a_customer_are_debit_memos(made_of_more) -> None:
    debits = [row for row in rows_of(made_of_more.extracted, "invoices") if row["invoice_type"] == "debit_memo"]
    assert [(row["invoice_id"], row["amount"]) for row in debits] == [("JV-OPEN:Customer 08", 70)]


def test_with_these_documents_too_the_tie_has_no_difference(made_of_more) -> None:
    assert made_of_more.tie.differences == []


@pytest.mark.long
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_its_sql_is_noticed(tmp_path, mistake) -> None:
    with made_of(with_mistake("erpnext", mistake, tmp_path / "wrong"), SOURCE, tmp_path) as made:
        assert is_wrong(made)

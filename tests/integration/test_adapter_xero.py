"""Xero in both shapes: month ends of two fixtures, cases they have no document for, noticed mistakes."""

from datetime import date
from pathlib import Path

import pytest

from tests.support.adapters.month_ends import with_mistake
from tests.support.adapters.other_shape import xero_as_fivetran
from tests.support.adapters.outcome import Outcome, outcome_of, write_tables
from tests.support.borrowed import SOURCES, SOURCES_DIR, needs_borrowed

FIXTURE, LEDGER = SOURCES_DIR / "six_shapes" / "xero_airbyte", SOURCES_DIR / "xero"
EXPECTED = SOURCES_DIR / "six_shapes" / "expected" / "xero_airbyte_ar_monthly.csv"

needs_fixtures = needs_borrowed(SOURCES)

DECLARED = "options: {write_off_accounts: ['445'], discount_accounts: ['205']}\n"
STANDING = {
    "invoices": 132,
    "credit_memos": 12,
    "receipts": 110,
    "applications": 121,
    "adjustments": 22,
    "customers": 12,
}

RECEIVABLES, PAYMENTS = "views/xero__receivables.sql", "views/xero__invoice_payments.sql"
MISTAKES = {
    "sign turned round": ("airbyte", "invoices.sql", "    amount,", "    -amount as amount,"),
    "voids kept": ("airbyte", RECEIVABLES, "when documents.status = 'VOIDED'", "when false"),
    "drafts kept": ("airbyte", RECEIVABLES, "'PAID', 'VOIDED')", "'PAID', 'VOIDED', 'DRAFT')"),
    "deleted payments kept": ("airbyte", PAYMENTS, "when payments.status = 'DELETED'", "when false"),
    "deleted payments as if they had never been": (
        "airbyte",
        PAYMENTS,
        "payments.amount <> 0",
        "payments.status <> 'DELETED'",
    ),
    "currency rate reciprocal": (
        "airbyte",
        RECEIVABLES,
        "1 / nullif(documents.currency_rate, 0)",
        "documents.currency_rate",
    ),
    "supplier rows kept": ("airbyte", RECEIVABLES, "'ACCREC', 'ACCRECCREDIT'", "'ACCREC', 'ACCPAY', 'ACCRECCREDIT'"),
    "supplier overpayments kept": ("airbyte", RECEIVABLES, "'AROVERPAYMENT'", "'SPEND-OVERPAYMENT'"),
    "allocations of notes left out": ("airbyte", "applications.sql", "in ('receipt', 'credit_memo')", "in ('receipt')"),
    "allocations on the note's day": (
        "airbyte",
        "views/xero__settlements.sql",
        "coalesce(allocations.allocated_date, receivables.document_date)",
        "receivables.document_date",
    ),
    "first part payments left out": ("airbyte", PAYMENTS, "where", "where payments.payment_date > '2024-03-31' and"),
    "discounts left out": ("airbyte", "adjustments.sql", "('write_off', 'discount')", "('write_off')"),
    "one allocation for two": ("fivetran", "views/xero__settlements.sql", "where", "where allocations.amount < 9 and"),
}


def options_file(folder: Path, text: str) -> Path:
    file = folder / "options.yml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def shapes(tmp_path_factory) -> dict[str, Path]:
    """The fixture in both shapes."""
    return {"airbyte": FIXTURE, "fivetran": xero_as_fivetran(FIXTURE, tmp_path_factory.mktemp("x") / "fivetran")}


@pytest.fixture(scope="module")
def outcomes(shapes, tmp_path_factory) -> dict[str, Outcome]:
    """What comes of it."""
    home = tmp_path_factory.mktemp("home")
    options = options_file(home, DECLARED)
    return {name: outcome_of("xero", source, home, options, EXPECTED) for name, source in shapes.items()}


def is_right(outcome: Outcome) -> bool:
    standing = {table: len(outcome.rows[table]) for table in STANDING}
    rates = [row["rate"] for row in outcome.rows["exchange_rates"]]
    return outcome.off == {} and not outcome.tie.differences and standing == STANDING and min(rates) > 1


@needs_fixtures
@pytest.mark.parametrize("shape", ["fivetran", "airbyte"])
def test_month_ends_are_the_expected_ones_to_the_cent(outcomes, shape) -> None:
    assert outcomes[shape].shape == shape
    assert outcomes[shape].off == {}


@needs_fixtures
@pytest.mark.parametrize("shape", ["fivetran", "airbyte"])
def test_the_tie_has_every_document_and_no_difference(outcomes, shape) -> None:
    # 121 invoices, 33 credit notes (22 of them write-offs and discounts) and 11 overpayments stand; of a payment Xero
    # doesn't say what is left, and none of the 88 has anything left here.
    assert (outcomes[shape].tie.documents, outcomes[shape].tie.differences) == (165, [])


@needs_fixtures
def test_both_shapes_land_the_same_rows_but_for_payment_terms(outcomes) -> None:
    rows = {
        shape: {
            table: [
                {column: value for column, value in row.items() if column != "payment_terms_days"}
                for row in outcome.rows[table]
            ]
            for table in outcome.rows
        }
        for shape, outcome in outcomes.items()
    }
    assert rows["fivetran"] == rows["airbyte"]
    assert {table: len(rows["fivetran"][table]) for table in STANDING} == STANDING


@needs_fixtures
def test_undeclared_write_offs_and_discounts_are_credit_memos(tmp_path) -> None:
    outcome = outcome_of("xero", FIXTURE, tmp_path, None, EXPECTED)
    assert (outcome.off, outcome.tie.differences) == ({}, [])
    assert (len(outcome.rows["credit_memos"]), len(outcome.rows["adjustments"])) == (34, 0)


@needs_fixtures
@pytest.mark.long
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_its_sql_is_noticed(tmp_path, shapes, mistake) -> None:
    shape, *change = mistake
    wrong = with_mistake("xero", tuple(change), tmp_path / "wrong")
    outcome = outcome_of(wrong, shapes[shape], tmp_path, options_file(tmp_path, DECLARED), EXPECTED)
    assert not is_right(outcome)


@needs_fixtures
def test_right_is_what_no_mistake_is(outcomes) -> None:
    assert all(map(is_right, outcomes.values()))


@needs_fixtures
def test_a_ledger_of_others_comes_to_its_month_ends_and_ties(tmp_path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for file in [*LEDGER.glob("*.csv"), LEDGER / "derived" / "payment.csv"]:
        (source / file.name).symlink_to(file)
    # Its organisation doesn't say in which currency it keeps its books.
    options = options_file(tmp_path, "companies: [{company_id: main, currency: CAD}]\n")
    outcome = outcome_of("xero", source, tmp_path, options, LEDGER / "expected" / "xero_ar_monthly.csv")
    assert outcome.off == {}
    assert (outcome.tie.documents, outcome.tie.differences) == (56, [])
    assert outcome.dropped == [
        ("contact", "no customer: nothing was sold to it", 62),
        ("invoice", "of a supplier (ACCPAY)", 274),
        ("payment", "of no document", 1),
    ]


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory) -> Outcome:
    """Documents the fixtures don't have, with dates as the API writes them and an earlier version of a document."""
    folder = tmp_path_factory.mktemp("by_hand")
    contact, posted = '"Contact": {"ContactID": "c1"}', '"Status": "AUTHORISED", "CurrencyCode": "EUR"'
    rate, updated = '"CurrencyRate": 0.5', '"UpdatedDateUTC": "/Date(1709251200000+0000)/"'
    both = f"{contact}, {posted}, {rate}, {updated}"

    def paid(number: str, what: str, amount: int, status: str = "AUTHORISED", batch: str = "") -> str:
        grouped = f', "BatchPaymentID": "{batch}"' if batch else ""
        return (
            f'{{"PaymentID": "{number}", {what}, "Status": "{status}", "Amount": {amount}, "CurrencyRate": 0.4, '
            f'"Date": "/Date(1707955200000+0000)/", "UpdatedDateUTC": "/Date(1708732800000+0000)/"{grouped}}}'
        )

    def invoice(number: int, total: int, due: int, more: str = both) -> str:
        return (
            f'{{"InvoiceID": "i{number}", "Type": "ACCREC", "Date": "/Date(1704067200000+0000)/", "Total": {total}, '
            f'"DueDate": "/Date(1706659200000+0000)/", "AmountDue": {due}, {more}}}'
        )

    def credit(key: str, number: str, kind: str, total: int, left: int, allocations: str = "") -> str:
        return (
            f'{{"{key}": "{number}", "Type": "{kind}", "Date": "2024-01-10T00:00:00", "Total": {total}, '
            f'"RemainingCredit": {left}, "Allocations": [{allocations}], {both}}}'
        )

    def allocated(invoice_number: int, amount: int, more: str = "") -> str:
        day = '"Date": "/Date(1706745600000+0000)/"'
        return f'{{"Invoice": {{"InvoiceID": "i{invoice_number}"}}, "Amount": {amount}, {day}{more}}}'

    earlier = both.replace("1709251200000", "1709251199000")
    tables = {
        "organisations": ['{"OrganisationID": "org", "BaseCurrency": "USD"}'],
        "contacts": [
            '{"ContactID": "c1", "Name": "A", "ContactStatus": "ARCHIVED", "UpdatedDateUTC": "2024-06-01T00:00:00"}',
            '{"ContactID": "c2", "Name": "B", "IsCustomer": true}',
            '{"ContactID": "c3", "Name": "C", "IsCustomer": false}',
        ],
        "invoices": [
            invoice(1, 100, 30),
            invoice(1, 90, 90, earlier),
            invoice(2, 60, 0),
            invoice(3, 50, 50),
            invoice(4, 80, 0),
            invoice(5, 7, 0, f'{contact}, "Status": "DELETED", "CurrencyCode": "EUR"'),
        ],
        "credit_notes": [
            credit("CreditNoteID", "n1", "ACCRECCREDIT", 40, 5, allocated(4, 10) + "," + allocated(4, 10)),
        ],
        "prepayments": [
            credit(
                "PrepaymentID",
                "pre1",
                "RECEIVE-PREPAYMENT",
                90,
                20,
                allocated(4, 60) + "," + allocated(3, 60, ', "IsDeleted": true'),
            )
        ],
        "overpayments": [credit("OverpaymentID", "o1", "RECEIVE-OVERPAYMENT", 12, 0)],
        "payments": [
            paid("p1", '"Invoice": {"InvoiceID": "i1"}', 70, batch="b1"),
            paid("p2", '"Invoice": {"InvoiceID": "i2"}', 60, batch="b1"),
            paid("p3", '"Invoice": {"InvoiceID": "i3"}', 50, "DELETED", "b1"),
            paid("p4", '"Invoice": {"InvoiceID": "i3"}', 20, "DELETED", "b2"),
            paid("p5", '"CreditNote": {"CreditNoteID": "n1"}', 15),
            paid("p6", '"Prepayment": {"PrepaymentID": "pre1"}', 10),
            paid("p7", '"Overpayment": [{"OverpaymentID": "o1"}]', 12),
            paid("p8", '"CreditNote": {"CreditNoteID": "n1"}', 3, "DELETED"),
        ],
    }
    source = write_tables(folder / "source", {name: "\n".join(lines) for name, lines in tables.items()})
    return outcome_of("xero", source, folder)


def test_what_is_open_is_what_xero_says(by_hand) -> None:
    # Four invoices, a note, a prepayment and an overpayment; nothing is left of the batch that stands.
    assert (by_hand.tie.documents, by_hand.tie.differences) == (7, [])


def test_payments_of_a_batch_are_one_receipt(by_hand) -> None:
    receipts = by_hand.amounts("receipts", "receipt_id", "receipt_date", "amount", "reversed_date")
    assert receipts["b1-c1"] == (date(2024, 2, 15), "180", None)
    paid = by_hand.amounts("applications", "application_id", "receipt_id", "invoice_id", "amount", "unapplied_date")
    assert (paid["p1"], paid["p2"]) == (("b1-c1", "i1", "70", None), ("b1-c1", "i2", "60", None))


def test_a_deleted_payment_of_a_standing_batch_is_reversed_in_part(by_hand) -> None:
    undone = date(2024, 2, 24)
    reversals = by_hand.amounts("reversals", "reversal_id", "receipt_id", "reversal_date", "amount")
    assert reversals == {"p3": ("b1-c1", undone, "50")}
    assert by_hand.amounts("applications", "application_id", "unapplied_date")["p3"] == (undone,)


def test_a_batch_of_deleted_payments_is_reversed_as_a_whole(by_hand) -> None:
    receipts = by_hand.amounts("receipts", "receipt_id", "amount", "reversed_date")
    assert receipts["b2-c1"] == ("20", date(2024, 2, 24))


def test_payments_of_notes_and_advances_are_refunds(by_hand) -> None:
    refunds = by_hand.amounts("refunds", "refund_id", "receipt_id", "credit_memo_id", "amount")
    assert refunds == {"p5": (None, "n1", "15"), "p6": ("pre1", None, "10"), "p7": ("o1", None, "12")}
    assert by_hand.tombstones["refunds"] == ["p8"]


def test_allocations_have_days_of_their_own_and_are_counted_by_invoice(by_hand) -> None:
    paid = by_hand.amounts("applications", "application_id", "credit_memo_id", "receipt_id", "applied_date", "amount")
    day = date(2024, 2, 1)
    assert {key: value for key, value in paid.items() if not key.startswith("p")} == {
        "n1-i4-1": ("n1", None, day, "10"),
        "n1-i4-2": ("n1", None, day, "10"),
    }
    assert paid["pre1-i4-1"] == (None, "pre1", day, "60")
    # The allocation to the third invoice was removed.
    assert "pre1-i3-1" not in paid


def test_the_latest_version_of_a_document_counts(by_hand) -> None:
    assert by_hand.amounts("invoices", "invoice_id", "amount", "invoice_date")["i1"] == ("100", date(2024, 1, 1))


def test_rates_are_turned_round(by_hand) -> None:
    # 0.5 euros a dollar are 2 dollars a euro.
    assert by_hand.amounts("invoices", "invoice_id", "exchange_rate")["i1"] == ("2",)
    rates = by_hand.amounts("exchange_rates", "rate_date", "from_currency", "to_currency", "rate")
    assert rates[date(2024, 1, 1)] == ("EUR", "USD", "2")
    assert rates[date(2024, 2, 15)] == ("EUR", "USD", "2.5")


def test_deleted_drafts_are_tombstones_and_closed_contacts_customers(by_hand) -> None:
    assert by_hand.tombstones["invoices"] == ["i5"]
    customers = by_hand.amounts("customers", "customer_id", "closed_date")
    assert customers == {"c1": (date(2024, 6, 1),), "c2": (None,)}

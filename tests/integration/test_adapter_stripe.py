"""Stripe: invoices and what settles them in a few documents made by hand, Fivetran's seeds, mistakes that are noticed.

No fixture says what a Stripe account comes to: the figures here are worked by hand.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.adapters.landing import Made
from tests.support.adapters.month_ends import made_of, month_ends, rows_of, with_mistake
from tests.support.adapters.more_rows import with_more
from tests.support.adapters.seeds import STRIPE, named
from tests.support.borrowed import SOURCES, SOURCES_DIR, needs_borrowed

SEEDS = SOURCES_DIR / "stripe"
DAY = "2024-03-05 10:00:00"

# By what becomes of it: an invoice each.
INVOICES = [
    {"id": "in_sent", "due_date": "2024-04-04 10:00:00", "total": 100_00, "amount_remaining": 100_00, "status": "open"},
    {"id": "in_part", "due_date": "2024-04-04 10:00:00", "total": 90_00, "amount_remaining": 50_00, "status": "open"},
    {"id": "in_charged", "total": 25_00, "amount_paid": 25_00},
    {"id": "in_yen", "total": 5000, "amount_paid": 5000, "currency": "jpy"},
    {"id": "in_wired", "total": 70_00, "amount_paid": 70_00, "status_transitions_paid_at": "2024-04-20 09:00:00"},
    {"id": "in_balance", "total": 60_00, "amount_paid": 20_00, "starting_balance": -100_00, "ending_balance": -60_00},
    {"id": "in_noted", "total": 80_00, "amount_paid": 50_00},
    {"id": "in_refunded", "total": 40_00, "amount_paid": 40_00},
    {"id": "in_lost", "total": 35_00, "amount_paid": 35_00},
    {"id": "in_void", "total": 11_00, "amount_remaining": 11_00, "status": "void"},
    {"id": "in_bad", "total": 45_00, "amount_remaining": 45_00, "status": "uncollectible"},
    {"id": "in_draft", "total": 12_00, "status": "draft"},
    {"id": "in_credit", "total": -5_00},
]
MORE = {
    "invoice": [{**one, "number": one["id"]} for one in INVOICES],
    "charge": [
        {"id": "ch_part", "invoice_id": "in_part", "amount": 40_00, "created": "2024-04-10 10:00:00"},
        {"id": "ch_failed", "invoice_id": "in_part", "amount": 50_00, "status": "failed"},
        {"id": "ch_charged", "invoice_id": "in_charged", "amount": 25_00},
        {"id": "ch_yen", "invoice_id": "in_yen", "amount": 5000, "currency": "jpy", "balance_transaction_id": "txn"},
        {"id": "ch_balance", "invoice_id": "in_balance", "amount": 20_00},
        {"id": "ch_noted", "invoice_id": "in_noted", "amount": 50_00},
        {"id": "ch_refunded", "invoice_id": "in_refunded", "amount": 40_00},
        {"id": "ch_lost", "invoice_id": "in_lost", "amount": 35_00},
        {"id": "ch_alone", "invoice_id": "", "amount": 15_00},
    ],
    "credit_note": [
        {"id": "cn_pre", "invoice_id": "in_noted", "amount": 30_00, "type": "pre_payment"},
        {"id": "cn_void", "invoice_id": "in_sent", "amount": 9_00, "type": "pre_payment", "status": "void"},
        {
            "id": "cn_post",
            "invoice_id": "in_refunded",
            "amount": 8_00,
            "type": "post_payment",
            "refund_id": "re_noted",
            "created": "2024-04-15 10:00:00",
        },
        {"id": "cn_balance", "invoice_id": "in_charged", "amount": 3_00, "type": "post_payment"},
    ],
    "refund": [
        {"id": "re_noted", "charge_id": "ch_refunded", "amount": 8_00},
        {"id": "re_plain", "charge_id": "ch_refunded", "amount": 2_00},
        {"id": "re_alone", "charge_id": "ch_alone", "amount": 6_00},
        {"id": "re_failed", "charge_id": "ch_charged", "amount": 25_00, "status": "failed"},
    ],
    "dispute": [
        {"id": "dp_open", "charge_id": "ch_charged", "amount": 25_00, "status": "needs_response"},
        {"id": "dp_lost", "charge_id": "ch_lost", "amount": 35_00, "status": "lost"},
    ],
    "balance_transaction": [{"id": "txn", "exchange_rate": "0.0067"}],
    "customer": [{"id": "cus_1", "name": "Customer 1", "is_deleted": "false"}, {"id": "cus_2", "is_deleted": "true"}],
}
SAME = {
    "invoice": {
        "customer_id": "cus_1",
        "currency": "usd",
        "status": "paid",
        "status_transitions_finalized_at": DAY,
        "status_transitions_voided_at": "2024-03-20 10:00:00",
        "status_transitions_marked_uncollectible_at": "",
        "amount_paid": 0,
        "amount_remaining": 0,
        "starting_balance": 0,
        "ending_balance": 0,
        "due_date": "",
    },
    "charge": {"customer_id": "cus_1", "currency": "usd", "status": "succeeded", "created": DAY, "captured": "true"},
    "credit_note": {"currency": "usd", "status": "issued", "created": DAY, "voided_at": "2024-03-25 10:00:00"},
    "refund": {"currency": "usd", "status": "succeeded", "created": "2024-04-15 10:00:00"},
    "dispute": {"currency": "usd", "reason": "fraudulent", "created": "2024-04-18 10:00:00"},
}
MISTAKES = {
    "cents taken for dollars": ("shapes/fivetran/stripe__currencies.sql", "('JPY', 1.000)", "('JPY', 0.01)"),
    "failed charges kept": ("shapes/fivetran/stripe__charges.sql", "where status = 'succeeded' and", "where"),
    "voided invoices kept": ("invoices.sql", "case when status = 'void' then", "case when false then"),
    "credit notes not applied": ("applications.sql", "where credits.kind = 'applied'", "where false"),
    "payments outside Stripe left out": ("applications.sql", "    paid_outside,\n    null", "    0,\n    null"),
    "what a customer's balance paid left out": ("adjustments.sql", "where from_balance <> 0", "where false"),
    "write-offs left out": ("adjustments.sql", "(status = 'uncollectible' and", "(status = 'none' and"),
    "refunds taken for new debts": ("credit_memos.sql", "in ('applied', 'refunded')", "in ('applied')"),
    "lost chargebacks left out": ("reversals.sql", "status = 'lost'", "status = 'none'"),
}  # fmt: skip


@pytest.fixture(scope="module")
def options(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("stripe") / "options.yml"
    file.write_text("companies: [{company_id: ACME, currency: USD}]\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    empty = tmp_path_factory.mktemp("empty")
    bad = {"in_bad": {"status_transitions_marked_uncollectible_at": "2024-05-02 10:00:00"}}
    invoices = [row | bad.get(row["id"], {}) for row in MORE["invoice"]]
    return with_more(empty, MORE | {"invoice": invoices}, SAME, tmp_path_factory.mktemp("stripe"))


@pytest.fixture(scope="module")
def made(tmp_path_factory, source, options) -> Iterator[Made]:
    with made_of("stripe", source, tmp_path_factory.mktemp("home"), options) as made:
        yield made


def figures(made: Made) -> dict[tuple[date, str], tuple[Decimal, Decimal]]:
    """Open invoices and what is unapplied, at three month ends."""
    days = [date(2024, 3, 31), date(2024, 4, 30), date(2024, 5, 31)]
    return {
        place: (figures["open_invoices"], figures["unapplied"])
        for place, figures in month_ends(made.extracted, days).items()
    }


# In March the invoices sent (100, 90), wired later (70) and bad (45) are open, and a charge of 15 paid nothing. In
# April 40 and 70 were paid, 6 of the 15 were given back, and a lost chargeback took 35 back; in May the bad one is
# written off.
BY_HAND = {
    (date(2024, 3, 31), "USD"): (Decimal(305), Decimal(15)),
    (date(2024, 4, 30), "USD"): (Decimal(195), Decimal(9 - 35)),
    (date(2024, 5, 31), "USD"): (Decimal(150), Decimal(9 - 35)),
}


def is_wrong(made: Made) -> bool:
    """Whether month ends are others, or an amount in yen, or what was refunded."""
    yen = {row["amount"] for row in rows_of(made.extracted, "invoices") if row["currency_code"] == "JPY"}
    memos = {row["credit_memo_id"] for row in rows_of(made.extracted, "credit_memos")}
    refunded = {row["credit_memo_id"] for row in rows_of(made.extracted, "refunds")} - {None}
    if yen != {5000} or not refunded <= memos:
        return True
    return {place: one for place, one in figures(made).items() if place[1] == "USD"} != BY_HAND


def test_month_ends_are_those_worked_by_hand(made) -> None:
    assert {place: one for place, one in figures(made).items() if place[1] == "USD"} == BY_HAND
    assert not is_wrong(made)


def test_the_tie_has_no_difference(made) -> None:
    """Of eight invoices; what was paid outside Stripe is used up, and Stripe has no open amount of it."""
    assert (made.tie.documents, made.tie.differences) == (8, [])


def test_only_invoices_with_a_due_date_are_sales_on_credit(made) -> None:
    invoices = {row["invoice_id"]: row for row in rows_of(made.extracted, "invoices")}
    assert [name for name, row in invoices.items() if row["is_credit_sale"]] == ["in_part", "in_sent"]
    assert invoices["in_sent"]["due_date"] == date(2024, 4, 4)
    assert invoices["in_charged"]["due_date"] == invoices["in_charged"]["invoice_date"] == date(2024, 3, 5)


def test_a_payment_outside_stripe_is_a_receipt_of_the_day_on_which_the_invoice_became_paid(made) -> None:
    outside = [row for row in rows_of(made.extracted, "receipts") if row["payment_method"] != "stripe"]
    assert [(row["receipt_id"], row["receipt_date"], row["amount"]) for row in outside] == [
        ("in_wired:outside", date(2024, 4, 20), 70)
    ]


def test_refunds_are_of_credit_notes_or_of_what_paid_no_invoice(made) -> None:
    refunds = {
        row["refund_id"]: row["credit_memo_id"] or row["receipt_id"] for row in rows_of(made.extracted, "refunds")
    }
    assert refunds == {"cn_post": "cn_post", "re_plain": "re_plain", "re_alone": "ch_alone"}


def test_only_open_chargebacks_are_disputes_and_lost_ones_reverse_the_charge(made) -> None:
    assert [row["dispute_id"] for row in rows_of(made.extracted, "disputes")] == ["dp_open"]
    assert [(row["receipt_id"], row["amount"]) for row in rows_of(made.extracted, "reversals")] == [("ch_lost", 35)]


def test_a_charge_in_another_currency_has_its_rate(made) -> None:
    rates = {row["receipt_id"]: row["exchange_rate"] for row in rows_of(made.extracted, "receipts")}
    assert (Decimal(rates["ch_yen"]), rates["ch_part"]) == (Decimal("0.0067"), None)


def test_what_is_left_out_has_a_reason(made) -> None:
    assert made.extracted.dropped == [
        ("charge", "failed", 1),
        ("credit_note", "credited to the customer's balance, or given back outside Stripe", 1),
        ("dispute", "closed, on a day that the source does not say", 1),
        ("invoice", "credits the customer's balance", 1),
        ("invoice", "draft", 1),
        ("refund", "failed", 1),
    ]


def test_a_deleted_customer_is_a_tombstone(made) -> None:
    assert [row["customer_id"] for row in rows_of(made.extracted, "customers")] == ["cus_1"]
    assert made.extracted.rows["customers"] == 2


@pytest.mark.long
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_its_sql_is_noticed(tmp_path, source, options, mistake) -> None:
    with made_of(with_mistake("stripe", mistake, tmp_path / "wrong"), source, tmp_path, options) as made:
        assert is_wrong(made)


@needs_borrowed(SOURCES)
def test_fivetrans_seeds_run_through_and_say_what_cannot_be_used(tmp_path, options) -> None:
    seeds = named(SEEDS, STRIPE, tmp_path / "seeds")
    with made_of("stripe", seeds, tmp_path, options) as made:
        assert {"account", "invoice.status_transitions_finalized_at", "invoice.created"} <= set(made.missing)
        assert made.extracted.rows["customers"] == 12
        assert made.extracted.dropped == [
            ("charge", "failed", 16),
            ("credit_note", "of an invoice that is not landed", 2),
            ("dispute", "of a charge that is not landed", 12),
            ("invoice", "no day on which it was finalized", 2),
            ("refund", "of a charge that is not landed", 4),
        ]

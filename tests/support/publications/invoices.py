"""A publication of a few invoices, as of 30 June 2026, small enough to be worked out by hand.

I1 is open with a forecast in two parts, a contact, promises and a dispute; I2 is paid; I3 is voided; I4 has no due
date; I5 and I6 have one number in two companies; I7 and I8 are persons', whose numbers are masked; I9 is overpaid;
I10 is written off. All amounts are in EUR, at 0.5 of it in the reporting currency.
"""

from datetime import date, datetime
from pathlib import Path

import duckdb

AS_OF = date(2026, 6, 30)
MAY, JUNE = date(2026, 5, 31), date(2026, 6, 20)

TABLES = {
    "dim_customers": "customer_id varchar, customer_name varchar",
    "fct_invoices": """invoice_id varchar, invoice_number varchar, invoice_type varchar, company_id varchar,
        customer_id varchar, invoice_date date, due_date date, currency_code varchar, amount decimal(18, 4),
        open_balance decimal(18, 4), overpaid_amount decimal(18, 4), written_off_amount decimal(18, 4),
        days_past_due integer, is_disputed boolean, paid_in_full_date date, days_late integer,
        received_in_full_date date, voided_date date""",
    "payment_forecast": """invoice_id varchar, part integer, as_of_date date, due_date date,
        open_balance decimal(18, 4), open_balance_reporting decimal(18, 4), expected_payment_date date,
        p10_date date, p90_date date,
        days_late_of_everyone integer, days_late_of_group integer, days_late_of_customer integer,
        days_late_given_how_late integer, expected_days_late integer, p_late_0 double, p_late_30 double,
        p_late_60 double, p_late_90 double, expected_cash_7d decimal(18, 4), expected_cash_30d decimal(18, 4),
        expected_cash_90d decimal(18, 4), habit_days_late double, own_invoices double, weight_of_own_history double,
        basis varchar, reason varchar""",
    "fct_receivables_ledger": """event_id varchar, effective_date date, recorded_at timestamp, event_type varchar,
        item_type varchar, item_id varchar, due_date date, amount decimal(18, 4), source_id varchar""",
    "fct_activities": """activity_id varchar, occurred_at timestamp, channel varchar, direction varchar,
        outcome varchar, employee_id varchar, invoice_id varchar, customer_id varchar""",
    "fct_promises": """promise_id varchar, customer_id varchar, invoice_id varchar, made_date date, due_date date,
        amount decimal(18, 4), currency_code varchar, is_kept boolean, cancelled_date date, received_date date""",
    "fct_dispute_spells": """dispute_id varchar, invoice_id varchar, opened_date date, closed_date date,
        reason_code varchar, amount decimal(18, 4), resolution varchar""",
}


def invoice(
    key: str, number: str, company: str, customer: str, due: date | None, amount: int, **other: object
) -> tuple:
    """Return a row of fct_invoices; `other`: columns that differ from those of an open invoice."""
    row = {
        "invoice_id": key, "invoice_number": number, "invoice_type": "invoice", "company_id": company,
        "customer_id": customer, "invoice_date": date(2026, 5, 1), "due_date": due, "currency_code": "EUR",
        "amount": amount, "open_balance": amount, "overpaid_amount": 0, "written_off_amount": 0, "days_past_due": 0,
        "is_disputed": False, "paid_in_full_date": None, "days_late": None, "received_in_full_date": None,
        "voided_date": None,
    }  # fmt: skip
    return tuple({**row, **other}.values())


def entry(key: str, event: str, item: str, amount: int, source: str, day: date = date(2026, 5, 1)) -> tuple:
    """Return a row of fct_receivables_ledger, of an invoice due in May."""
    return (f"{source}:{key}:{event}", day, datetime(2026, 5, 1, 8), event, item, key, MAY, amount, source)


CLOSED = {"open_balance": 0, "days_past_due": None}
ROWS = {
    "dim_customers": [("C1", "First Customer"), ("C2", None), ("C3", "J.")],
    "fct_invoices": [
        invoice("I1", "2026-1", "A", "C1", MAY, 100, open_balance=90, days_past_due=30, is_disputed=True),
        invoice("I2", "2026-2", "A", "C1", MAY, 50, **CLOSED, paid_in_full_date=date(2026, 6, 3), days_late=3,
                received_in_full_date=date(2026, 6, 1)),
        invoice("I3", "2026-3", "A", "C1", MAY, 70, **CLOSED, voided_date=date(2026, 5, 9)),
        invoice("I4", "2026-4", "A", "C2", None, 20),
        invoice("I5", "77", "A", "C1", MAY, 5),
        invoice("I6", "77", "B", "C2", MAY, 6),
        invoice("I7", "***", "A", "C3", MAY, 7),
        invoice("I8", "***", "A", "C3", MAY, 8),
        invoice("I9", "2026-9", "A", "C1", MAY, 30, **CLOSED, overpaid_amount=4, paid_in_full_date=MAY, days_late=0),
        invoice("I10", "2026-10", "A", "C1", MAY, 40, **CLOSED, written_off_amount=40),
    ],
    "payment_forecast": [
        # Its steps add +1, +4, -2, +30 and +2 days: 35 after 31 May.
        ("I1", 1, AS_OF, MAY, 60, 30, date(2026, 7, 5), date(2026, 7, 1), None, 1, 5, 3, 33, 35, 1, 0.6, 0.2, 0.1,
         9, 21, 27, 4.5, 12, 0.375, "customer", None),
        ("I1", 2, AS_OF, JUNE, 30, 15, date(2026, 6, 30), date(2026, 6, 30), date(2026, 7, 30), 1, 5, 3, 12, 10, 1,
         0.2, 0.1, 0.05, 4, 12, 14, 4.5, 12, 0.375, "customer", None),
        ("I4", 1, AS_OF, None, 20, 10, *[None] * 3, 1, 4, 4, None, None, *[None] * 7, -2.0, 0, 0, None, "no_due_date"),
    ],
    "fct_receivables_ledger": [
        entry("I1", "invoice_issued", "invoice", 100, "I1"),
        entry("I1", "receipt_applied", "invoice", -10, "AP1", JUNE),
        entry("I1", "receipt_received", "receipt", -99, "I1"),
        entry("I2", "invoice_issued", "invoice", 50, "I2"), entry("I2", "receipt_applied", "invoice", -50, "AP2"),
        entry("I3", "invoice_issued", "invoice", 70, "I3"), entry("I3", "invoice_voided", "invoice", -70, "I3"),
        entry("I4", "invoice_issued", "invoice", 20, "I4"),
        entry("I9", "invoice_issued", "invoice", 30, "I9"), entry("I9", "receipt_applied", "invoice", -30, "AP9"),
        entry("I9", "receipt_applied", "overpayment", -4, "AP9"),
        entry("I10", "invoice_issued", "invoice", 40, "I10"), entry("I10", "write_off", "invoice", -40, "AJ1"),
    ],
    "fct_activities": [
        ("AC1", datetime(2026, 6, 10, 9, 30), "phone", "outbound", "promise_to_pay", "E1", "I1", "C1"),
        ("AC2", datetime(2026, 6, 11, 9, 30), "email", "outbound", "delivered", "E1", None, "C1"),
    ],
    "fct_promises": [
        ("PR1", "C1", "I1", date(2026, 6, 10), JUNE, 60, "EUR", False, None, None),
        ("PR2", "C1", None, date(2026, 6, 25), date(2026, 7, 9), 80, "EUR", None, None, None),
        ("PR3", "C1", None, date(2026, 6, 1), date(2026, 6, 2), 1, "EUR", True, None, date(2026, 6, 2)),
        ("PR4", "C1", "I5", date(2026, 6, 25), date(2026, 7, 9), 5, "EUR", None, None, None),
    ],
    "fct_dispute_spells": [
        ("DS1", "I1", date(2026, 6, 2), None, "damaged_goods", 25, None),
        ("DS1", "I1", date(2026, 5, 4), date(2026, 5, 9), "pricing", 60, "rejected"),
    ],
}  # fmt: skip


def publish(home: Path) -> Path:
    """Write the publication into a home, and return its file."""
    file = home / "published" / "duebook.duckdb"
    file.parent.mkdir(parents=True)
    with duckdb.connect(file) as published:
        published.execute("create schema marts")
        for table, columns in TABLES.items():
            published.execute(f"create table marts.{table} ({columns})")
            places = ", ".join("?" for _ in ROWS[table][0])
            published.executemany(f"insert into marts.{table} values ({places})", ROWS[table])
    return file

"""Due by the terms it was issued under, and by an extension from the day it was recorded: worked by hand.

One invoice of 100, issued on 5 January 2024; the as-of day is 29 February.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.support.compiled_models import MONTH_END, REPORTING_CURRENCY, compiled_models
from tests.support.documents import Row
from tests.support.generators.ledgers import landed_in_order

pytestmark = pytest.mark.long

ISSUED = date(2024, 1, 5)
OF_C = {"company_id": "A", "customer_id": "C", "currency_code": REPORTING_CURRENCY, "amount": Decimal(100)}


def at(day: date | None) -> datetime | None:
    return day and datetime(day.year, day.month, day.day, 9)


def invoice(due: date | None = None, recorded: date | None = None, **more: Any) -> Row:
    own = {"invoice_id": "I", "invoice_date": ISSUED, "due_date": due, "recorded_at": at(recorded)}
    return "invoices", OF_C | own | more


def customer(terms: int | None, updated: date | None = None) -> Row:
    return "customers", {"customer_id": "C", "payment_terms_days": terms, "updated_at": at(updated)}


def paid(day: date, **more: Any) -> list[Row]:
    row = {"application_id": "P", "receipt_id": "R", "invoice_id": "I", "applied_date": day, "amount": Decimal(100)}
    receipt = OF_C | {"receipt_id": "R", "receipt_date": day}
    return [("receipts", receipt), ("applications", row | more)]


def instalment(key: str, due: date, recorded: date) -> Row:
    own = {"invoice_id": "I", "due_date": due, "amount": Decimal(50), "recorded_at": at(recorded)}
    return "instalments", {"instalment_id": key} | own


def built(rows: list[Row]) -> duckdb.DuckDBPyConnection:
    landed = [("companies", {"company_id": "A", "currency_code": REPORTING_CURRENCY}), *rows]
    return compiled_models(MONTH_END).build(landed_in_order(landed, MONTH_END))


TERMS = {
    "changed after it was issued": ([customer(30, date(2024, 1, 1)), customer(60, date(2024, 1, 6))], date(2024, 2, 4)),
    "changed on the day it was issued": ([customer(30, date(2024, 1, 1)), customer(60, ISSUED)], date(2024, 3, 5)),
    "changed back, which landed before": (
        [customer(30, date(2024, 2, 1)), customer(60, date(2024, 1, 2)), customer(45, date(2023, 1, 1))],
        date(2024, 3, 5),
    ),
    "known since after it was issued: those that landed first": (
        [customer(30, date(2024, 2, 1)), customer(60, date(2024, 1, 20))],
        date(2024, 2, 4),
    ),
    "without a time: those that landed first": ([customer(30), customer(60)], date(2024, 2, 4)),
    "taken away": ([customer(30, date(2023, 1, 1)), customer(None, date(2024, 1, 4))], None),
}


@pytest.mark.parametrize("terms", TERMS)
def test_an_invoice_is_due_by_the_terms_it_was_issued_under(terms: str) -> None:
    rows, due = TERMS[terms]
    with built([*rows, invoice()]) as connection:
        assert connection.execute("select due_date from marts.fct_invoices").fetchall() == [(due,)]
        query = "select distinct due_date from marts.fct_receivables_ledger where item_type = 'invoice'"
        assert connection.execute(query).fetchall() == [(due,)]


OLD, NEW, LATER = date(2024, 1, 20), date(2024, 3, 31), date(2024, 5, 31)
GRANTED = date(2024, 2, 10)
TWO_ROWS = [(GRANTED, OLD, -100), (GRANTED, NEW, 100)]
# What landed, the rows of changed due dates, and the due date as of the day.
EXTENSIONS: dict[str, tuple[list[Row], list[tuple[date, date | None, int]], date | None]] = {
    "granted once": ([invoice(OLD, ISSUED), invoice(NEW, GRANTED)], TWO_ROWS, NEW),
    "granted and corrected on one day": (
        [invoice(OLD, ISSUED), invoice(LATER, GRANTED), invoice(NEW, GRANTED)],
        TWO_ROWS,
        NEW,
    ),
    "told again as it was": (
        [invoice(OLD, ISSUED), invoice(OLD, date(2024, 2, 1)), invoice(NEW, GRANTED)],
        TWO_ROWS,
        NEW,
    ),
    "granted twice": (
        [invoice(OLD, ISSUED), invoice(NEW, GRANTED), invoice(LATER, date(2024, 2, 20))],
        [*TWO_ROWS, (date(2024, 2, 20), NEW, -100), (date(2024, 2, 20), LATER, 100)],
        LATER,
    ),
    "granted before it was issued: simply its due date": (
        [invoice(OLD, date(2024, 1, 2)), invoice(NEW, ISSUED)],
        [],
        NEW,
    ),
    "all told in one load: the last": ([invoice(OLD), invoice(NEW)], [], NEW),
    "an older version that was recorded later": (
        [invoice(NEW, ISSUED, updated_at=at(GRANTED)), invoice(OLD, GRANTED, updated_at=at(ISSUED))],
        [],
        NEW,
    ),
    "recorded after the day: not granted yet": ([invoice(OLD, ISSUED), invoice(NEW, date(2024, 3, 1))], [], OLD),
    "granted when it was paid: nothing moves": (
        [invoice(OLD, ISSUED), invoice(NEW, GRANTED), *paid(date(2024, 2, 9))],
        [],
        NEW,
    ),
    "due by terms until a day was agreed": (
        [customer(15), invoice(None, ISSUED), invoice(NEW, GRANTED)],
        TWO_ROWS,
        NEW,
    ),
    "no day any more": ([invoice(OLD, ISSUED), invoice(None, GRANTED)], [TWO_ROWS[0], (GRANTED, None, 100)], None),
    "an instalment of two": (
        [
            *(invoice(OLD, ISSUED), instalment("a", OLD, ISSUED), instalment("b", LATER, ISSUED)),
            instalment("a", NEW, GRANTED),
        ],
        [(GRANTED, OLD, -50), (GRANTED, NEW, 50)],
        OLD,
    ),
    "an instalment that falls behind the other, of which 20 were paid": (
        [
            *(invoice(OLD, ISSUED), instalment("a", OLD, ISSUED), instalment("b", NEW, ISSUED)),
            *(instalment("a", LATER, GRANTED), *paid(date(2024, 2, 1), amount=Decimal(20))),
        ],
        [(GRANTED, OLD, -30), (GRANTED, NEW, -20), (GRANTED, LATER, 50)],
        OLD,
    ),
}


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_another_due_date_moves_what_stands_on_the_day_it_was_recorded(extension: str) -> None:
    rows, moved, due = EXTENSIONS[extension]
    with built(rows) as connection:
        query = """select effective_date, due_date, amount from marts.fct_receivables_ledger
            where event_type = 'due_date_changed' order by effective_date, amount"""
        assert connection.execute(query).fetchall() == moved
        assert connection.execute("select due_date from marts.fct_invoices").fetchall() == [(due,)]


def test_months_before_stay_as_they_were_and_days_after_go_by_the_new_date() -> None:
    with built([invoice(OLD, ISSUED), invoice(NEW, GRANTED)]) as connection:
        query = """select date_day, aging_current, aging_1_30, closing_balance from marts.receivables_daily
            where date_day in ('2024-01-20', '2024-01-31', '2024-02-09', '2024-02-10', '2024-02-29')
            order by date_day"""
        assert [row[1:] for row in connection.execute(query).fetchall()] == [
            *[(100, 0, 100), (0, 100, 100), (0, 100, 100)],
            *[(100, 0, 100), (100, 0, 100)],
        ]
        query = """select past_due_invoice_count, past_due_accounts, delinquency_rate_amount
            from marts.delinquency_monthly where level = 'portfolio' order by month_end"""
        assert connection.execute(query).fetchall() == [(1, 1, 1), (0, 0, 0)]


def test_what_reopens_after_an_extension_is_due_by_it() -> None:
    rows = [invoice(OLD, ISSUED), invoice(NEW, GRANTED), *paid(date(2024, 2, 9), unapplied_date=date(2024, 2, 20))]
    with built(rows) as connection:
        query = """select event_type, due_date, amount from marts.fct_receivables_ledger
            where item_type = 'invoice' order by effective_date"""
        assert connection.execute(query).fetchall() == [
            ("invoice_issued", OLD, 100),
            ("receipt_applied", OLD, -100),
            ("receipt_unapplied", NEW, 100),
        ]


@pytest.mark.parametrize(("day", "days_late"), [(date(2024, 2, 9), 20), (GRANTED, -50)])
def test_days_late_go_by_the_due_date_in_force_when_it_was_paid(day: date, days_late: int) -> None:
    with built([invoice(OLD, ISSUED), invoice(NEW, GRANTED), *paid(day)]) as connection:
        query = "select paid_in_full_date, days_late from marts.fct_invoices"
        assert connection.execute(query).fetchall() == [(day, days_late)]

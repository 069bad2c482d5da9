"""Who is in credit is past due with nothing: every way an invoice comes below zero, worked by hand.

K owes C's company 100 that are past due; J's invoice of 100, due on the same day, stands 40 below zero. So of two open
invoices and two accounts one is past due, 100 is owed, and 40 are an open credit.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.support.compiled_models import MONTH_END, REPORTING_CURRENCY, compiled_models
from tests.support.documents import Row
from tests.support.generators.ledgers import landed_in_order

pytestmark = pytest.mark.long

ISSUED, DUE, PAID = date(2024, 1, 16), date(2024, 1, 31), date(2024, 2, 5)
OF_J = {"company_id": "C", "customer_id": "J", "currency_code": REPORTING_CURRENCY}


def document(table: str, key: str, amount: int, day: date, **more: Any) -> Row:
    name = table.removesuffix("s")
    return table, OF_J | {f"{name}_id": key, f"{name}_date": day, "amount": Decimal(amount)} | more


def invoice(key: str, amount: int = 100, **more: Any) -> Row:
    return document("invoices", key, amount, ISSUED, due_date=DUE, **more)


def applied(key: str, amount: int, **more: Any) -> Row:
    row = {"application_id": key, "receipt_id": "R", "invoice_id": "J", "applied_date": PAID, "amount": Decimal(amount)}
    return "applications", row | more


def adjusted(amount: int) -> Row:
    row = {"adjustment_id": "A", "invoice_id": "J", "adjustment_date": PAID, "amount": Decimal(amount)}
    return "adjustments", row | {"adjustment_type": "other"}


def instalment(key: str, day: date, amount: int) -> Row:
    return "instalments", {"instalment_id": key, "invoice_id": "J", "due_date": day, "amount": Decimal(amount)}


CASH = document("receipts", "R", 140, PAID)
BELOW_ZERO: dict[str, list[Row]] = {
    "paid too much at once": [invoice("J"), CASH, applied("P", 140)],
    "paid again": [invoice("J"), CASH, applied("P", 100), applied("Q", 40)],
    "credited again once it was paid": [
        *(invoice("J"), CASH, applied("P", 100), document("credit_memos", "M", 40, PAID)),
        applied("Q", 40, receipt_id=None, credit_memo_id="M"),
    ],
    "voided with its payment on it": [
        *(invoice("J", voided_date=PAID), document("receipts", "R", 40, ISSUED), applied("P", 40)),
    ],
    "adjusted down once it was paid": [invoice("J"), CASH, applied("P", 100), adjusted(-40)],
    "discounted once it was paid": [
        *(invoice("J"), CASH, applied("P", 100), applied("Q", 0, discount_amount=Decimal(40))),
    ],
    "paid too much by instalments": [
        *(invoice("J"), instalment("a", ISSUED, 50), instalment("b", DUE, 50), CASH, applied("P", 140)),
    ],
}  # fmt: skip


def built(rows: list[Row]) -> duckdb.DuckDBPyConnection:
    names = [("companies", {"company_id": key, "currency_code": REPORTING_CURRENCY}) for key in "CD"]
    names += [("customers", {"customer_id": key}) for key in "JK"]
    return compiled_models(MONTH_END).build(landed_in_order([*names, *rows], MONTH_END))


@pytest.fixture(scope="module", params=BELOW_ZERO)
def marts(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    with built([*BELOW_ZERO[request.param], invoice("K", customer_id="K")]) as connection:
        yield connection


def test_counts_take_what_is_past_due_with_something(marts: duckdb.DuckDBPyConnection) -> None:
    figures = """past_due_invoice_count, open_invoice_count, delinquency_rate_count,
        past_due_accounts, open_accounts, delinquency_rate_accounts, past_due_receivables, open_invoices"""
    query = f"select {figures} from marts.delinquency_monthly where level = 'portfolio' and month_end = ?"
    assert marts.execute(query, [MONTH_END]).fetchall() == [(1, 2, 0.5, 1, 2, 0.5, 100, 100)]


def test_what_is_below_zero_is_an_open_credit(marts: duckdb.DuckDBPyConnection) -> None:
    query = (
        "select open_balance, overpaid_amount, days_past_due, aging_bucket from marts.fct_invoices where invoice_id = ?"
    )
    assert marts.execute(query, ["J"]).fetchall() == [(0, 40, None, None)]
    query = """select item_type, due_date, sum(amount) from marts.fct_receivables_ledger
        where item_id = 'J' and item_type in ('invoice', 'overpayment') group by all having sum(amount) <> 0"""
    assert marts.execute(query).fetchall() == [("overpayment", None, -40)]


def test_an_application_moves_nothing_however_much_of_it_is_too_much() -> None:
    with built([invoice("J"), CASH, applied("P", 140)]) as connection:
        query = "select item_type, amount from marts.fct_receivables_ledger where event_type = 'receipt_applied'"
        rows = connection.execute(query).fetchall()
        transferred = connection.execute("select sum(transferred) from marts.receivables_daily").fetchone()
    assert sorted(rows) == [("invoice", -100), ("overpayment", -40), ("receipt", 140)]
    assert transferred == (0,)


def test_an_overpaid_invoice_is_paid_in_full_from_the_day_nothing_is_owed() -> None:
    later = {"applied_date": date(2024, 2, 20)}
    with built([invoice("J"), CASH, applied("P", 120), applied("Q", 20, **later)]) as connection:
        query = "select paid_in_full_date, days_to_pay, days_late, paid_amount from marts.fct_invoices"
        assert connection.execute(query).fetchall() == [(PAID, 20, 5, 140)]


def test_effectiveness_is_a_hundred_where_nothing_is_past_due() -> None:
    """A company of its own for either: D is owed nothing, C still the 100 of K."""
    of_d = {"company_id": "D"}
    rows = [invoice("J", **of_d), document("receipts", "R", 140, PAID, **of_d), applied("P", 140)]
    with built([*rows, invoice("K", customer_id="K")]) as connection:
        query = """select company_id, cei, past_due_accounts, delinquency_rate_accounts
            from marts.cei_monthly join marts.delinquency_monthly using (month_end, level, scope, company_id)
            where level = 'company' and month_end = ? order by all"""
        assert connection.execute(query, [MONTH_END]).fetchall() == [("C", 0, 1, 1), ("D", 100, 0, 0)]

"""Documents for landings worked by hand: rows of the contract's tables, with only what a test cares for.

Here: one company and one customer, an invoice, what settles it, a rate. Not here: random ones (generators), files of
them (landing).
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.support.compiled_models import REPORTING_CURRENCY

Row = tuple[str, dict[str, Any]]

FOREIGN = "USD"
JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)
COMPANY: Row = ("companies", {"company_id": "A", "currency_code": REPORTING_CURRENCY})
CUSTOMER: Row = ("customers", {"customer_id": "C"})


def document(table: str, key: str, amount: str | int, day: date, **more: Any) -> Row:
    own = {"company_id": "A", "customer_id": "C", "currency_code": REPORTING_CURRENCY, "amount": Decimal(amount)}
    name = table.removesuffix("s")
    return table, own | {f"{name}_id": key, f"{name}_date": day} | more


def invoice(key: str = "I", amount: str = "100", day: date = JANUARY, **more: Any) -> Row:
    return document("invoices", key, amount, day, **{"due_date": day + timedelta(days=20)} | more)


def receipt(key: str = "R", amount: str = "60", day: date = JANUARY, **more: Any) -> Row:
    return document("receipts", key, amount, day, **more)


def application(day: date, amount: str = "60", **more: Any) -> Row:
    row = {"application_id": "X", "receipt_id": "R", "invoice_id": "I", "applied_date": day, "amount": Decimal(amount)}
    return "applications", row | more


def paid(amount: str, day: date, key: str = "P", invoice_id: str = "I", **of_receipt: Any) -> list[Row]:
    """Cash, applied to the invoice on the day it was received."""
    return [
        receipt(key, amount, day, **of_receipt),
        application(day, amount, application_id=f"{key}{invoice_id}", receipt_id=key, invoice_id=invoice_id),
    ]


def memo(key: str, amount: str, day: date) -> Row:
    return document("credit_memos", key, amount, day)


def memo_application(key: str, amount: str, day: date) -> Row:
    return application(day, amount, application_id=f"{key}I", receipt_id=None, credit_memo_id=key)


def refund(key: str, day: date, amount: str, **more: Any) -> Row:
    row = {"refund_id": key, "receipt_id": "R", "refund_date": day, "amount": Decimal(amount)}
    return "refunds", row | more


def reversal(key: str, day: date, amount: str, **more: Any) -> Row:
    row = {"reversal_id": key, "receipt_id": "R", "reversal_date": day, "amount": Decimal(amount)}
    return "reversals", row | more


def rate(day: date, units: str, from_: str = FOREIGN, to: str = REPORTING_CURRENCY) -> Row:
    pair = {"from_currency": from_, "to_currency": to}
    return "exchange_rates", {"rate_date": day, "rate": Decimal(units)} | pair


def instalment(key: str, day: date, amount: str) -> Row:
    return "instalments", {"instalment_id": key, "invoice_id": "I", "due_date": day, "amount": Decimal(amount)}

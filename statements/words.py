"""What happened, as a customer would say it; amounts and texts as they may stand on a page.

Here: words for the ledger's codes. Not here: layout (terminal.py, page.py).
"""

import re
from datetime import date
from decimal import Decimal

FORMS = {"balance-forward": "Statement of account", "open-item": "Statement of open items"}

INVOICES = {
    "invoice": "Invoice",
    "debit_memo": "Debit memo",
    "finance_charge": "Finance charge",
    "opening_balance": "Balance brought over",
}
# By event type (seed `ledger_event_types`); `{invoice}` is what kind of invoice it is about.
EVENTS = {
    "invoice_issued": "{invoice}",
    "invoice_voided": "{invoice}, voided",
    "opening_balance_taken_over": "Balance brought over",
    "opening_balance_voided": "Balance brought over, voided",
    "write_off": "Written off",
    "write_off_reversal": "Write-off taken back",
    "discount_adjustment": "Discount granted",
    "small_balance_adjustment": "Small remainder cleared",
    "finance_charge_adjustment": "Finance charge added",
    "other_adjustment": "Adjustment",
    "credit_memo_issued": "Credit memo",
    "credit_memo_voided": "Credit memo, voided",
    "opening_credit_taken_over": "Credit brought over",
    "opening_credit_voided": "Credit brought over, voided",
    "due_date_changed": "Due date changed",
    "receipt_received": "Payment received",
    "receipt_reversed": "Payment reversed: it did not clear, or was taken back",
    "refund_paid": "Refund paid to you",
    "discount_taken": "Discount taken",
    "discount_undone": "Discount taken back with its payment",
}
# An application moves a balance only where payment or credit stands in another account than the invoice.
ACROSS = {
    "receipt_applied": ("Payment from another account", "Payment used in another account"),
    "receipt_unapplied": ("Payment from another account, undone", "Payment used in another account, undone"),
    "credit_memo_applied": ("Credit from another account", "Credit used in another account"),
    "credit_memo_unapplied": ("Credit from another account, undone", "Credit used in another account, undone"),
}
OPEN_CREDITS = {
    "receipt": "Payment not applied yet",
    "credit_memo": "Credit memo not applied yet",
    "overpayment": "Credited or paid beyond the invoice",
}
# Of them a page or a terminal would make something else than text: control characters, and those that turn the reading
# direction of what follows.
NO_TEXT = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u202a-\u202e\u2066-\u2069]")


def invoice_in_words(invoice_type: str | None) -> str:
    """Say what kind of invoice it is."""
    return INVOICES.get(invoice_type or "invoice", as_words(invoice_type))


def event_in_words(event_type: str, item_type: str, invoice_type: str | None) -> str:
    """Say what happened.

    Args:
        event_type: of the ledger.
        item_type: the open item that changed.
        invoice_type: what kind of invoice that is, if it is one.
    """
    if event_type in ACROSS:
        of_invoice, of_source = ACROSS[event_type]
        return of_invoice if item_type in ("invoice", "overpayment") else of_source
    return EVENTS.get(event_type, as_words(event_type)).format(invoice=invoice_in_words(invoice_type))


def as_words(code: str | None) -> str:
    """Say a code that has no words of its own."""
    return (code or "").replace("_", " ").capitalize()


def number(amount: Decimal) -> str:
    """Write an amount exactly: two decimals, more where it has more."""
    text = f"{amount:,.4f}"
    return text[:-2] + text[-2:].rstrip("0")


def day_in_words(day: date) -> str:
    """Write a day as everybody reads it: 1 March 2026."""
    return f"{day.day} {day:%B %Y}"


def days_in_words(first: date, last: date, form: str) -> str:
    """Say which days a statement is of: what is open is so at the close of the last."""
    return f"{'At the close of ' if form == 'open-item' else day_in_words(first) + ' to '}{day_in_words(last)}"


def what_is_due(closing: Decimal) -> str:
    """Say what a closing balance is."""
    return "Credit balance, in your favour" if closing < 0 else "Balance due"


def as_text(text: str) -> str:
    """Replace what isn't text."""
    return NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)

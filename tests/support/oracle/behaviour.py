"""How customers pay: days from invoice and due date to cash, month by month.

Here: what `payment_behaviour_monthly` must say. Not here: balances (monthly.py) and losses (losses.py).
"""

from datetime import date
from fractions import Fraction
from typing import Any

from tests.support.oracle.balances import ZERO
from tests.support.oracle.instalments import LaidChange, laid_changes
from tests.support.oracle.invoices import settled_days
from tests.support.oracle.ledger import Item, Ledger
from tests.support.oracle.monthly import Figures, Month, levels_of, levels_of_item, months_of, ratio
from tests.support.oracle.rates import Rates


def paid_in_full_date(ledger: Ledger, item: Item) -> date | None:
    """The day from which nothing is owed, of an invoice of which nothing is, by cash, no void, no write-off.

    Of an invoice of 0 nothing ever was.
    """
    if item.whole.amount == 0:
        return None
    changes = ledger.changes_of(item)
    cash = -sum((change.amount for change in changes if change.applied_from == "receipt"), ZERO)
    written_off = sum((c.amount for c in changes if c.flow in ("written_off", "write_offs_reversed")), ZERO)
    is_voided = any(change.flow == "voided" for change in changes)
    is_open = sum((change.amount for change in changes), ZERO) > 0
    if cash <= 0 or is_voided or written_off or is_open:
        return None
    return max(settled_days(ledger, item))


def payment_behaviour_monthly(ledger: Ledger, rates: Rates) -> Figures:
    """Every level in every month."""
    cash = [laid for laid in laid_changes(ledger) if laid.change.applied_from == "receipt"]
    paid = {
        item: day
        for item in ledger.items
        if item.kind == "invoice" and (day := paid_in_full_date(ledger, item)) is not None
    }
    rows: Figures = {}
    for level in levels_of(ledger):
        for month in months_of(ledger):
            cash_of_month = [
                laid
                for laid in cash
                if month.first <= laid.change.day <= month.last and level in levels_of_item(laid.change.item)
            ]
            paid_in_month = {
                item: day
                for item, day in paid.items()
                if month.first <= day <= month.last and level in levels_of_item(item)
            }
            rows[month.calendar_end, *level] = _row(month, cash_of_month, paid_in_month, rates)
    return rows


def _row(month: Month, cash: list[LaidChange], paid: dict[Item, date], rates: Rates) -> dict[str, Any]:
    with_due_date = [laid for laid in cash if _due_date_then(laid) is not None]
    due_dates = {
        item: max(filter(None, (part.due_date_on(day) for part in item.parts)), default=None)
        for item, day in paid.items()
    }
    paid_with_due_date = [item for item in paid if due_dates[item] is not None]
    applied = sum((_amount(laid, rates) for laid in cash), Fraction(0))
    applied_with_due_date = sum((_amount(laid, rates) for laid in with_due_date), Fraction(0))
    days_to_pay = sum((_amount(laid, rates) * _days(laid, laid.change.item.opened) for laid in cash), Fraction(0))
    days_late = sum((_amount(laid, rates) * _days(laid, _due_date_then(laid)) for laid in with_due_date), Fraction(0))
    received = sum((_amount(laid, rates) * _days_received(laid, laid.change.item.opened) for laid in cash), Fraction(0))
    received_late = sum(
        (_amount(laid, rates) * _days_received(laid, _due_date_then(laid)) for laid in with_due_date), Fraction(0)
    )
    cycle = sum((day - item.opened).days for item, day in paid.items())
    cycle_late = sum((paid[item] - due_dates[item]).days for item in paid_with_due_date)
    return {
        "cash_applied": applied,
        "cash_days_to_pay": days_to_pay,
        "cash_applied_with_due_date": applied_with_due_date,
        "cash_days_late": days_late,
        "cash_days_to_pay_received": received,
        "cash_days_late_received": received_late,
        "paid_invoices": len(paid),
        "invoice_days_to_pay": cycle,
        "paid_invoices_with_due_date": len(paid_with_due_date),
        "invoice_days_late": cycle_late,
        "average_days_to_pay": ratio(days_to_pay, applied),
        "average_days_late": ratio(days_late, applied_with_due_date),
        "average_days_to_pay_received": ratio(received, applied),
        "average_days_late_received": ratio(received_late, applied_with_due_date),
        "average_collection_cycle": ratio(Fraction(cycle), Fraction(len(paid))),
        "mean_days_late_per_invoice": ratio(Fraction(cycle_late), Fraction(len(paid_with_due_date))),
        "is_complete": month.is_complete,
    }


def _amount(laid: LaidChange, rates: Rates) -> Fraction:
    """Cash applied: positive; what is undone is negative, at the rate of the day it is undone."""
    if not laid.amount:
        return Fraction(0)
    return -Fraction(laid.amount) * rates.rate(laid.change.item.currency_code, laid.change.day)


def _due_date_then(laid: LaidChange) -> date | None:
    """The due date in force on the day the application took effect: the same when it is undone."""
    return laid.part.due_date_on(laid.change.applied_day)


def _days(laid: LaidChange, since: date) -> int:
    """Days to the day the application took effect: the same when it is undone, so that both cancel."""
    return (laid.change.applied_day - since).days


def _days_received(laid: LaidChange, since: date) -> int:
    """Days to the day the cash itself was received."""
    return (laid.change.received_day - since).days

"""An invoice's history as of a day: what reduced it, what is open of it and since when.

Here: what `fct_invoices` must say of balances and days. Not here: anything summed over invoices.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.support.oracle.balances import ZERO, bucket_of, part_balances
from tests.support.oracle.landing import Facts
from tests.support.oracle.ledger import Change, Item, Ledger
from tests.support.oracle.promises import cash_units

BY_POLICY = ("amount_oldest", "oldest_first", "parts_as_one")


def invoices(facts: Facts, ledger: Ledger) -> dict[tuple[str], dict[str, Any]]:
    """Every invoice issued by the as-of day."""
    by_age = {f"application:{row['application_id']}" for row in facts["applications"] if row["rule"] in BY_POLICY}
    paid_by_policy = {unit.invoice_id for unit in cash_units(ledger) if unit.unit_id in by_age}
    return {
        (item.item_id,): _row(ledger, item) | {"is_paid_by_policy": item.item_id in paid_by_policy}
        for item in ledger.items
        if item.kind == "invoice"
    }


def _row(ledger: Ledger, item: Item) -> dict[str, Any]:
    changes = ledger.changes_of(item)

    def total(wanted: Callable[[Change], bool]) -> Decimal:
        return sum((change.amount for change in changes if wanted(change)), ZERO)

    open_parts = [due_date for due_date, balance in part_balances(ledger, item, ledger.as_of) if balance]
    oldest = min((due_date for due_date in open_parts if due_date), default=None)
    days = None if not open_parts else 0 if oldest is None else max((ledger.as_of - oldest).days, 0)
    return {
        "due_date": item.whole.due_date_on(ledger.as_of),
        "open_balance": max(total(lambda change: True), ZERO),
        "overpaid_amount": max(-total(lambda change: True), ZERO),
        "paid_amount": -total(lambda change: change.applied_from == "receipt"),
        "credited_amount": -total(lambda change: change.applied_from == "credit_memo"),
        "discount_amount": -total(lambda change: change.flow == "discounts"),
        "written_off_amount": -total(lambda change: change.flow in ("written_off", "write_offs_reversed")),
        "adjusted_amount": total(lambda change: change.flow == "other_adjustments"),
        "days_past_due": days,
        "aging_bucket": bucket_of(oldest, ledger.as_of).removeprefix("aging_") if open_parts else None,
    }


def settled_days(ledger: Ledger, item: Item) -> set[date]:
    """Days from which nothing was owed, and something at the close of the day before (or it was not issued)."""
    changes = ledger.changes_of(item)

    def balance(day: date) -> Decimal:
        return max(sum((change.amount for change in changes if change.day <= day), ZERO), ZERO)

    days = {change.day for change in changes}
    return {day for day in days if not balance(day) and (day == item.opened or balance(day - timedelta(days=1)))}

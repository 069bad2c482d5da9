"""What is open on the as-of day, item by item.

Here: what `open_items` must say, and of amounts `open_amount_tie_out`. Not here: balances (balances.py), what is summed
over items (daily.py).
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.support.contract import raw_contract
from tests.support.oracle.balances import ZERO, bucket_of, open_items, part_balances
from tests.support.oracle.disputes import Dispute, disputes_of
from tests.support.oracle.landing import Facts, Landing, latest_versions
from tests.support.oracle.ledger import Item, Ledger
from tests.support.oracle.rates import Rates
from tests.support.oracle.risk import last_contact, next_promise

ItemKey = tuple[str, str]


def open_items_of(facts: Facts, ledger: Ledger, rates: Rates) -> dict[ItemKey, dict[str, Any]]:
    """Every item with a balance; an invoice below zero is an overpayment."""
    disputes = [dispute for dispute in disputes_of(facts, ledger) if dispute.is_open(ledger.as_of)]
    rows = {}
    for each in open_items(ledger, ledger.as_of):
        if each.balance:
            is_overpaid = each.item.kind == "invoice" and each.balance < 0
            kind = "overpayment" if is_overpaid else each.item.kind
            rate = rates.rate(each.item.currency_code, ledger.as_of)
            invoice_id = each.item.item_id if kind == "invoice" else ""
            rows[kind, each.item.item_id] = {
                "as_of_date": ledger.as_of,
                "company_id": each.item.company_id,
                "customer_id": each.item.customer_id,
                "segment": each.item.segment,
                "currency_code": each.item.currency_code,
                "document_date": each.item.opened,
                "balance": each.balance,
                "balance_reporting": Fraction(each.balance) * rate,
                "past_due_balance": ZERO if is_overpaid else each.past_due,
                "past_due_balance_reporting": Fraction(ZERO if is_overpaid else each.past_due) * rate,
                **(_lateness(ledger, each.item) if kind == "invoice" else _OF_CREDITS),
                **_disputed([one for one in disputes if one.invoice.item_id == invoice_id], each.balance, rate),
                **_promised(next_promise(facts, ledger.as_of, rates, "invoice_id", invoice_id)),
                "last_contact_date": last_contact(facts, ledger.as_of, each.item.customer_id)["last_contact_date"],
            }
    return rows


_OF_CREDITS = {"due_date": None, "days_past_due": None, "aging_bucket": None, "is_past_due": False}


def _lateness(ledger: Ledger, invoice: Item) -> dict[str, Any]:
    parts = part_balances(ledger, invoice, ledger.as_of)
    oldest = min((due_date for due_date, left in parts if left and due_date), default=None)
    days = max((ledger.as_of - oldest).days, 0) if oldest else 0
    return {
        "due_date": oldest,
        "days_past_due": days,
        "aging_bucket": bucket_of(oldest, ledger.as_of).removeprefix("aging_"),
        "is_past_due": days > 0,
    }


def _promised(promise: dict[str, Any]) -> dict[str, Any]:
    """Beside balances in the currency of the document, the amount says which it is in."""
    return {
        "next_promise_date": promise["next_promise_date"],
        "next_promise_amount_reporting": promise["next_promise_amount"],
    }


def _disputed(disputes: list[Dispute], balance: Decimal, rate: Fraction) -> dict[str, Any]:
    amounts = [dispute.amount for dispute in disputes if dispute.amount is not None]
    left = balance
    for amount in amounts:
        left -= min(amount, left)
    return {
        "is_disputed": bool(disputes),
        "disputed_since": min((dispute.opened for dispute in disputes), default=None),
        "disputed_amount": sum(amounts, ZERO) if amounts else None,
        "disputed_balance": balance - left,
        "undisputed_balance": left,
        "disputed_balance_reporting": Fraction(balance - left) * rate,
    }


def open_amounts(landing: Landing, ledger: Ledger, known_as_of: date | None = None) -> dict[ItemKey, dict[str, Any]]:
    """Of every document whose source says what is open of it: that, and what the ledger has open of it."""
    balances: dict[ItemKey, Any] = {(item.kind, item.item_id): ZERO for item in ledger.items}
    for change in ledger.changes:
        sign = 1 if change.item.kind == "invoice" else -1
        balances[change.item.kind, change.item.item_id] += sign * change.amount
    rows = {}
    for table in ("invoices", "credit_memos", "receipts"):
        kind = table.removesuffix("s")
        for row in latest_versions(raw_contract()[table], landing.get(table, ()), known_as_of):
            theirs, key = row["source_open_amount"], (kind, row[f"{kind}_id"])
            if theirs is not None and row[f"{kind}_date"] <= ledger.as_of:
                ours = balances.get(key)
                difference = None if ours is None else ours - theirs
                rows[key] = {"ledger_open_amount": ours, "source_open_amount": theirs, "difference": difference}
    return rows

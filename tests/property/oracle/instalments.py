"""Which instalment a change lands on, and so on which due date.

Here: an invoice's changes one after another, each laid over the invoice's instalments. Not here: balances at the close
of a day (balances.py), for which the order within the day does not matter.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.property.oracle.balances import ZERO, lay
from tests.property.oracle.ledger import Change, Item, Ledger


@dataclass(frozen=True, eq=False)
class LaidChange:
    """The part of a change of an invoice that lands on one instalment: the one at ``place``, earliest due first."""

    change: Change
    place: int
    due_date: date | None
    amount: Decimal


def in_order(change: Change) -> tuple[date, bool, bool, tuple[str, str, str]]:
    """Sorts an invoice's changes: by day, its issue first, what raises it before what lowers it, then by landed row."""
    return change.day, change.flow != "invoiced", change.amount < 0, change.source


def laid_changes(ledger: Ledger) -> list[LaidChange]:
    """Every change of what is owed of every invoice, laid over its instalments; what is below zero is on none."""
    return [laid for item in ledger.items if item.kind == "invoice" for laid in _laid(ledger, item)]


def _laid(ledger: Ledger, item: Item) -> list[LaidChange]:
    rows = []
    balance, before = ZERO, [ZERO] * len(item.parts)
    for change in sorted(ledger.changes_of(item), key=in_order):
        balance += change.amount
        after = lay(balance, item.parts)
        for place, (part, old, new) in enumerate(zip(item.parts, before, after, strict=True)):
            if new != old:
                rows.append(LaidChange(change, place, part.due_date, new - old))
        before = after
    return rows

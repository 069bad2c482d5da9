"""Which instalment a change lands on, and so on which due date.

Here: an invoice's changes one after another, each laid over the invoice's instalments. Not here: balances at the close
of a day (balances.py), for which the order within the day does not matter.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.support.oracle.balances import ZERO, laid_on
from tests.support.oracle.ledger import Change, Item, Ledger, Part


@dataclass(frozen=True, eq=False)
class LaidChange:
    """What of a change of an invoice lands on one instalment, by the due dates in force on the change's day."""

    change: Change
    part: Part
    amount: Decimal

    @property
    def due_date(self) -> date | None:
        """The instalment's due date on the day of the change."""
        return self.part.due_date_on(self.change.day)


def in_order(change: Change) -> tuple[date, bool, bool, tuple[str, str, str]]:
    """Sorts an invoice's changes: by day, its issue first, what raises it before what lowers it, then by landed row."""
    return change.day, change.flow != "invoiced", change.amount < 0, change.source


def laid_changes(ledger: Ledger) -> list[LaidChange]:
    """Every change of what is owed of every invoice, laid over its instalments; what is below zero is on none."""
    changes_of: dict[Item, list[Change]] = defaultdict(list)
    for change in ledger.changes:
        changes_of[change.item].append(change)
    return [laid for item in ledger.items if item.kind == "invoice" for laid in _laid(item, changes_of[item])]


def _laid(item: Item, changes: list[Change]) -> list[LaidChange]:
    rows = []
    balance = ZERO
    for change in sorted(changes, key=in_order):
        before = dict(laid_on(item, balance, change.day)) if rows else {}
        balance += change.amount
        for part, left in laid_on(item, balance, change.day):
            if left != before.get(part, ZERO):
                rows.append(LaidChange(change, part, left - before.get(part, ZERO)))
    return rows

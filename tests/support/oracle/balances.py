"""Balances at the close of a day: of an item, of its instalments, and of a group by bucket.

Here: sums over an item's changes up to a day, the laying of reductions over instalments, buckets. Not here: months,
currencies and ratios.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.support.oracle.ledger import Item, Ledger, Part

ZERO = Decimal(0)
# By currency, up to which amount a rest is no debt.
Tolerances = Mapping[str, Decimal]
NO_TOLERANCES: Tolerances = {}
PAST_DUE_BUCKETS = ("aging_1_30", "aging_31_60", "aging_61_90", "aging_91_120", "aging_121_plus")
BUCKETS = ("aging_current", *PAST_DUE_BUCKETS, "aging_no_due_date")
SERIOUS_BUCKETS = ("aging_91_120", "aging_121_plus")


def bucket_of(due_date: date | None, day: date) -> str:
    """The bucket of something due on the due date, seen at the close of the day; due that day is current."""
    if due_date is None:
        return "aging_no_due_date"
    days_past_due = (day - due_date).days
    if days_past_due <= 0:
        return "aging_current"
    return PAST_DUE_BUCKETS[min((days_past_due - 1) // 30, 4)]


def lay(balance: Decimal, parts: Sequence[Part]) -> list[Decimal]:
    """What is left of each instalment when the whole reduction is laid over them in order; the rest is the last's.

    Nothing is left of any where the invoice is overpaid.
    """
    balance = max(balance, ZERO)
    reduction = max(sum((part.amount for part in parts), ZERO) - balance, ZERO)
    left = []
    for part in parts[:-1]:
        taken = min(reduction, part.amount)
        reduction -= taken
        left.append(part.amount - taken)
    return [*left, balance - sum(left, ZERO)]


@dataclass(frozen=True)
class OpenItem:
    """An item's balance at the close of a day, whole and by bucket (no buckets for receipts and memos).

    An invoice's is below zero where it is overpaid.
    """

    item: Item
    balance: Decimal
    buckets: dict[str, Decimal] = field(default_factory=dict)

    @property
    def past_due(self) -> Decimal:
        """What of it is past due."""
        return sum((self.buckets.get(name, ZERO) for name in PAST_DUE_BUCKETS), ZERO)

    @property
    def owed(self) -> Decimal:
        """What of an invoice is owed: nothing where it is overpaid."""
        return max(self.balance, ZERO) if self.item.kind == "invoice" else ZERO


def is_debt(amount: Decimal, item: Item, tolerances: Tolerances) -> bool:
    """Whether what is open of an item, or past due of it, counts: a rest within the tolerance doesn't."""
    return abs(amount) > tolerances.get(item.currency_code, ZERO)


def part_balances(ledger: Ledger, item: Item, day: date) -> list[tuple[date | None, Decimal]]:
    """Balance of every instalment of an invoice at the close of the day, with its due date."""
    if item.opened > day:
        return []
    balance = sum((change.amount for change in ledger.changes_of(item) if change.day <= day), ZERO)
    return [(part.due_date_on(day), left) for part, left in laid_on(item, balance, day)]


def laid_on(item: Item, balance: Decimal, day: date) -> list[tuple[Part, Decimal]]:
    """A balance of an invoice laid over its parts, by the due dates in force on the day."""
    parts = item.parts_on(day)
    return list(zip(parts, lay(balance, parts), strict=True))


def open_items(ledger: Ledger, day: date) -> list[OpenItem]:
    """Every item that exists at the close of the day, with its balance, zero or not."""
    sums: dict[Item, Decimal] = {item: ZERO for item in ledger.items if item.opened <= day}
    for change in ledger.changes:
        if change.day <= day:
            sums[change.item] += change.amount
    return [_open_item(item, balance, day) for item, balance in sums.items()]


def _open_item(item: Item, balance: Decimal, day: date) -> OpenItem:
    buckets: dict[str, Decimal] = {}
    if item.kind == "invoice" and (balance or len(item.parts) > 1):
        for part, left in laid_on(item, balance, day):
            bucket = bucket_of(part.due_date_on(day), day)
            buckets[bucket] = buckets.get(bucket, ZERO) + left
    return OpenItem(item, balance, buckets)


def open_invoices(items: Iterable[OpenItem]) -> Decimal:
    """Sum of what is owed of invoices."""
    return sum((each.owed for each in items), ZERO)


def unapplied_credits(items: Iterable[OpenItem]) -> Decimal:
    """Sum of receipt and memo balances, and of what invoices are overpaid by."""
    return sum((each.balance - each.owed for each in items), ZERO)


def in_bucket(items: Iterable[OpenItem], bucket: str) -> Decimal:
    """Sum of what stands in the bucket."""
    return sum((each.buckets.get(bucket, ZERO) for each in items), ZERO)

"""Whether a receipt or memo can bear what is landed of its uses: one use after another, by hand.

Here: which applications, refunds and reversals wait because they don't fit, and what reversals undo of applications.
Not here: rows that wait for a partner (landing.py), and what those that fit do to balances (ledger.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Facts = dict[str, list[dict[str, Any]]]
KEYS = {"applications": "application_id", "refunds": "refund_id", "reversals": "reversal_id"}
ZERO = Decimal(0)


@dataclass(frozen=True)
class Use:
    """One landed row that uses a receipt or memo from a day on, until it is undone (None: it stands)."""

    day: date
    table: str
    key: str
    until: date | None
    amount: Decimal

    @property
    def pays_out(self) -> bool:
        """Whether what it takes is gone for good."""
        return self.table != "applications"

    @property
    def place(self) -> tuple[date, str, str]:
        """Sorts uses as they begin."""
        return self.day, self.table, self.key


@dataclass(frozen=True)
class Reopening:
    """What a reversal of a part of a receipt undoes of one application, in the receipt's currency."""

    application_id: str
    reversal_id: str
    day: date
    source_amount: Decimal


def what_fits(facts: Facts) -> Facts:
    """The facts without the rows their receipt or memo can't bear, and with what reversals undo: `reopenings`."""
    waiting, reopenings = set(), []
    for table, key, day, end in (
        ("receipts", "receipt_id", "receipt_date", "reversed_date"),
        ("credit_memos", "credit_memo_id", "credit_memo_date", "voided_date"),
    ):
        for item in facts[table]:
            ended = max(item[end], item[day]) if item[end] else None
            uses = [use for use in _uses(facts, item, key, item[day], ended) if use.amount and use.until != use.day]
            while isinstance(outcome := _outcome(item["amount"], ended, uses), Use):
                uses.remove(outcome)
                waiting.add((outcome.table, outcome.key))
            reopenings += outcome
    kept = {table: [row for row in facts[table] if (table, row[key]) not in waiting] for table, key in KEYS.items()}
    return facts | kept | {"reopenings": reopenings}


def _uses(facts: Facts, item: dict[str, Any], key: str, opened: date, ended: date | None) -> Iterable[Use]:
    invoice_dates = {row["invoice_id"]: row["invoice_date"] for row in facts["invoices"]}
    for row in facts["applications"]:
        if row[key] == item[key]:
            day = max(row["applied_date"], invoice_dates[row["invoice_id"]], opened)
            undoings = [each for each in (row["unapplied_date"], ended) if each]
            amount = row["amount"] if row["source_amount"] is None else row["source_amount"]
            until = max(day, min(undoings)) if undoings else None
            yield Use(day, "applications", row["application_id"], until, amount)
    for table, its_day in (("refunds", "refund_date"), ("reversals", "reversal_date")):
        for row in facts[table]:
            if row.get(key) == item[key]:
                yield Use(max(row[its_day], opened), table, row[KEYS[table]], None, row["amount"])


def _outcome(held: Decimal, ended: date | None, uses: list[Use]) -> Use | list[Reopening]:
    """The use to leave out because of the first moment at which the uses don't fit; else what reversals undo."""
    moments = [(use.day, use.amount > 0, use.table, use.key, use, True) for use in uses]
    moments += [(use.until, use.amount < 0, use.table, use.key, use, False) for use in uses if use.until]
    standing: dict[Use, Decimal] = {}
    reopenings = []
    for day, takes, _, _, use, begins in sorted(moments, key=lambda moment: moment[:4]):
        if use.pays_out and ended and day > ended:
            return use
        standing[use] = use.amount if begins else ZERO
        applied = sum(amount for other, amount in standing.items() if not other.pays_out)
        paid_out = sum(amount for other, amount in standing.items() if other.pays_out)
        if use.table == "reversals":
            if paid_out > held:
                return use
            missing = applied + paid_out - held
            for other in sorted(standing, key=lambda each: each.place, reverse=True):
                part = min(missing, standing[other])
                if not other.pays_out and part > 0:
                    standing[other] -= part
                    missing -= part
                    reopenings.append(Reopening(other.key, use.key, day, part))
        elif takes and applied + paid_out > held:
            return use
        elif not takes and applied < 0:
            return use if begins else max((u for u, amount in standing.items() if amount < 0), key=lambda u: u.place)
    return reopenings

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
    invoice_id: str | None = None

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
            # In the order of all that has landed, also of what turns out to wait.
            moments = list(_moments(uses))
            while isinstance(outcome := _outcome(item["amount"], ended, moments), Use):
                moments = [moment for moment in moments if moment[1] != outcome]
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
            yield Use(day, "applications", row["application_id"], until, amount, row["invoice_id"])
    for table, its_day in (("refunds", "refund_date"), ("reversals", "reversal_date")):
        for row in facts[table]:
            if row.get(key) == item[key]:
                yield Use(max(row[its_day], opened), table, row[KEYS[table]], None, row["amount"])


def _outcome(held: Decimal, ended: date | None, moments: list[tuple[date, Use, bool]]) -> Use | list[Reopening]:
    """The use to leave out because of the first moment at which the uses don't fit; else what reversals undo."""
    standing: dict[Use, Decimal] = {}
    reopenings = []
    for day, use, begins in moments:
        takes = (use.amount > 0) == begins
        if use.pays_out and ended and day > ended:
            return use
        standing[use] = use.amount if begins else ZERO
        applied = sum(amount for other, amount in standing.items() if not other.pays_out)
        paid_out = sum(amount for other, amount in standing.items() if other.pays_out)
        if use.table == "reversals":
            if paid_out > held:
                return use
            missing = applied + paid_out - held
            for other, has in reversed(_net_of_what_is_given_back(standing)):
                part = min(missing, has)
                if part > 0:
                    standing[other] -= part
                    missing -= part
                    reopenings.append(Reopening(other.key, use.key, day, part))
        elif takes and applied + paid_out > held:
            return use
        elif not takes and applied < 0:
            return use if begins else max((u for u, amount in standing.items() if amount < 0), key=lambda u: u.place)
    return reopenings


def _moments(uses: list[Use]) -> Iterable[tuple[date, Use, bool]]:
    """Every day's beginnings (True) and ends of uses in the order in which they are looked at.

    What gives back comes before what takes; but a row that gives back what its invoice only gets on that day comes
    right after that, and both before what takes.
    """
    for day in sorted({day for use in uses for day in (use.day, use.until) if day}):
        begin = sorted((use for use in uses if use.day == day), key=lambda use: use.place)
        end = sorted((use for use in uses if use.until == day), key=lambda use: use.place)
        corrections = _corrections(uses, begin, day)
        corrected = {use for each in corrections for use in each}
        free = [use for use in begin if use not in corrected]
        gives = [(use, True) for use in free if use.amount < 0] + [(use, False) for use in end if use.amount > 0]
        takes = [(use, True) for use in free if use.amount > 0] + [(use, False) for use in end if use.amount < 0]
        yield from ((day, *each) for each in sorted(gives, key=lambda each: (each[0].table, each[0].key)))
        yield from ((day, use, True) for each in corrections for use in each)
        yield from ((day, *each) for each in sorted(takes, key=lambda each: (each[0].table, each[0].key)))


def _corrections(uses: list[Use], begin: list[Use], day: date) -> list[list[Use]]:
    """What each invoice gets and gives back on the day, turn and turn about; who keeps least of it comes first."""
    corrections = []
    for invoice_id in sorted({use.invoice_id for use in begin if use.amount < 0}):
        of_invoice = [use for use in uses if use.invoice_id == invoice_id]
        stood = sum(use.amount for use in of_invoice if use.day < day and not (use.until and use.until < day))
        ended = [use.amount for use in of_invoice if use.until == day]
        left = max(stood - sum(amount for amount in ended if amount > 0), ZERO)
        gets = [use for use in begin if use.invoice_id == invoice_id and use.amount > 0]
        turns, got, given = [], ZERO, ZERO
        for use in (use for use in begin if use.invoice_id == invoice_id and use.amount < 0):
            given -= use.amount
            while gets and got < given - left:
                got += gets[0].amount
                turns.append(gets.pop(0))
            if given > left:
                turns.append(use)
        keeps = sum(use.amount for use in of_invoice if use.day == day) - sum(ended)
        corrections.append((keeps, invoice_id, turns))
    return [turns for _, _, turns in sorted(corrections, key=lambda each: each[:2])]


def _net_of_what_is_given_back(standing: dict[Use, Decimal]) -> list[tuple[Use, Decimal]]:
    """Applications as they began, each with what it has: rows that give back take it from their invoice's newest."""
    has = {use: max(amount, ZERO) for use, amount in standing.items() if not use.pays_out}
    for giver in (use for use, amount in standing.items() if amount < 0):
        given = -standing[giver]
        for use in sorted(has, key=lambda use: use.place, reverse=True):
            if use.invoice_id == giver.invoice_id:
                part = min(has[use], given)
                has[use] -= part
                given -= part
    return sorted(has.items(), key=lambda each: each[0].place)

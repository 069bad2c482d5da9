"""What became of each bucket's balance a month later.

Here: what `roll_rates_monthly` must say. Not here: buckets themselves (balances.py).
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.support.oracle.balances import BUCKETS, ZERO, bucket_of, laid_on
from tests.support.oracle.instalments import LaidChange, laid_changes
from tests.support.oracle.ledger import Change, Item, Ledger, Part
from tests.support.oracle.monthly import Month, months_of, ratio
from tests.support.oracle.rates import Rates

TO_STATES = (*(bucket.removeprefix("aging_") for bucket in BUCKETS), "paid", "credited", "written_off")
RollKey = tuple[date, str, str, str, str | None]


def state_of(change: Change) -> str:
    """Where a change of an invoice takes a balance to."""
    if change.applied_from == "receipt":
        return "paid"
    return "written_off" if change.flow in ("written_off", "write_offs_reversed") else "credited"


def roll_rates_monthly(ledger: Ledger, rates: Rates) -> dict[RollKey, dict[str, Any]]:
    """Every cell of every cohort in which something stood or moved; amounts at the previous month end's rate.

    A cohort is a company's, and one of all companies together.
    """
    by_item: dict[Item, list[LaidChange]] = defaultdict(list)
    for laid in laid_changes(ledger):
        by_item[laid.change.item].append(laid)
    rows: dict[RollKey, dict[str, Any]] = {}
    for month in months_of(ledger):
        before = month.first - timedelta(days=1)
        balances: dict[tuple[str, str | None], Fraction] = defaultdict(Fraction)
        cells: dict[tuple[str, str, str | None], Fraction] = defaultdict(Fraction)
        for item, changes in by_item.items():
            for due_date, opening in _opened(ledger, item, before).items():
                from_bucket = bucket_of(due_date, before).removeprefix("aging_")
                for state, amount in _moves(changes, opening, before, month).items():
                    for company_id in (item.company_id, None) if amount else ():
                        value = Fraction(amount) * rates.rate(item.currency_code, before)
                        cells[from_bucket, state, company_id] += value
                        balances[from_bucket, company_id] += value
        for from_bucket, company_id in balances:
            level = "company" if company_id else "portfolio"
            for state in TO_STATES:
                balance_from, balance_to = balances[from_bucket, company_id], cells[from_bucket, state, company_id]
                rows[month.calendar_end, from_bucket, state, level, company_id] = {
                    "balance_from": balance_from,
                    "balance_to": balance_to,
                    "roll_rate": ratio(balance_to, balance_from),
                    "is_complete": month.is_complete,
                }
    return rows


def _opened(ledger: Ledger, item: Item, before: date) -> dict[date | None, dict[Part, Decimal]]:
    """The invoice's parts by due date at the close of the day, with their balances; due dates without any left out."""
    if item.opened > before:
        return {}
    balance = sum((change.amount for change in ledger.changes_of(item) if change.day <= before), ZERO)
    opened: dict[date | None, dict[Part, Decimal]] = defaultdict(dict)
    for part, left in laid_on(item, balance, before):
        opened[part.due_date_on(before)][part] = left
    return {due_date: parts for due_date, parts in opened.items() if sum(parts.values())}


def _moves(changes: list[LaidChange], opening: dict[Part, Decimal], before: date, month: Month) -> dict[str, Decimal]:
    """What of the balance before the month went where: they add up to it. What is left is where it is due then."""
    moves: dict[str, Decimal] = defaultdict(Decimal)
    for part, balance in opening.items():
        left = balance
        for laid in changes:
            if laid.part == part and before < laid.change.day <= month.last:
                moves[state_of(laid.change)] -= laid.amount
                left += laid.amount
        moves[bucket_of(part.due_date_on(month.last), month.last).removeprefix("aging_")] += left
    return moves

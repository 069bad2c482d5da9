"""What became of each bucket's balance a month later.

Here: what `roll_rates_monthly` must say. Not here: buckets themselves (balances.py).
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.property.oracle.balances import BUCKETS, ZERO, bucket_of
from tests.property.oracle.instalments import LaidChange, laid_changes
from tests.property.oracle.ledger import Change, Item, Ledger
from tests.property.oracle.monthly import Month, months_of, ratio
from tests.property.oracle.rates import Rates

TO_STATES = (*(bucket.removeprefix("aging_") for bucket in BUCKETS), "paid", "credited", "written_off")
RollKey = tuple[date, str, str, str]


def state_of(change: Change) -> str:
    """Where a change of an invoice takes a balance to."""
    if change.applied_from == "receipt":
        return "paid"
    return "written_off" if change.flow in ("written_off", "write_offs_reversed") else "credited"


def roll_rates_monthly(ledger: Ledger, rates: Rates) -> dict[RollKey, dict[str, Any]]:
    """Every cell of every cohort in which something stood or moved; amounts at the previous month end's rate."""
    by_part: dict[tuple[Item, date | None], list[LaidChange]] = defaultdict(list)
    for laid in laid_changes(ledger):
        by_part[laid.change.item, laid.due_date].append(laid)
    rows: dict[RollKey, dict[str, Any]] = {}
    for month in months_of(ledger):
        before = month.first - timedelta(days=1)
        balances: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        cells: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
        for (item, due_date), changes in by_part.items():
            if not sum((laid.amount for laid in changes if laid.change.day <= before), ZERO):
                continue
            cohort = (bucket_of(due_date, before).removeprefix("aging_"), item.company_id)
            for state, amount in _moves(changes, due_date, before, month).items():
                if amount:
                    value = Fraction(amount) * rates.rate(item.currency_code, before)
                    cells[cohort[0], state, cohort[1]] += value
                    balances[cohort] += value
        for from_bucket, company_id in balances:
            for state in TO_STATES:
                balance_from, balance_to = balances[from_bucket, company_id], cells[from_bucket, state, company_id]
                rows[month.calendar_end, from_bucket, state, company_id] = {
                    "balance_from": balance_from,
                    "balance_to": balance_to,
                    "roll_rate": ratio(balance_to, balance_from),
                    "is_complete": month.is_complete,
                }
    return rows


def _moves(changes: list[LaidChange], due_date: date | None, before: date, month: Month) -> dict[str, Decimal]:
    """What of the balance before the month went where: they add up to it."""
    moves: dict[str, Decimal] = defaultdict(Decimal)
    for laid in changes:
        if before < laid.change.day <= month.last:
            moves[state_of(laid.change)] -= laid.amount
    left = sum((laid.amount for laid in changes if laid.change.day <= month.last), ZERO)
    moves[bucket_of(due_date, month.last).removeprefix("aging_")] += left
    return moves

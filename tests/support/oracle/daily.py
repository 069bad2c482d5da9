"""The roll-forward of a day: date x company x segment x currency.

Here: what `receivables_daily` must say. Not here: months and ratios (monthly.py).
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.support.oracle.balances import BUCKETS, ZERO, OpenItem, in_bucket, open_items, unapplied_credits
from tests.support.oracle.ledger import FLOWS, Change, Item, Ledger
from tests.support.oracle.rates import Rates

Group = tuple[str, str, str]


def group_of(item: Item) -> Group:
    """Company, segment and currency."""
    return item.company_id, item.segment, item.currency_code


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def receivables_daily(ledger: Ledger, rates: Rates) -> dict[tuple[date, *Group], dict[str, Any]]:
    """Every day from the landing's first event to the as-of day, for every group that ever had an event."""
    rows: dict[tuple[date, *Group], dict[str, Any]] = {}
    if ledger.first_day is None:
        return rows
    groups = sorted({group_of(item) for item in ledger.items})
    opening: dict[Group, Decimal] = dict.fromkeys(groups, ZERO)
    for day in days_between(ledger.first_day, ledger.as_of):
        items_of: dict[Group, list[OpenItem]] = defaultdict(list)
        for each in open_items(ledger, day):
            items_of[group_of(each.item)].append(each)
        changes_of: dict[Group, list[Change]] = defaultdict(list)
        for change in ledger.changes:
            if change.day == day:
                changes_of[group_of(change.item)].append(change)
        for group in groups:
            row = _row(items_of[group], changes_of[group], opening[group])
            row |= _in_reporting_currency(row, group[2], day, rates)
            rows[day, *group] = row
            opening[group] = row["closing_balance"]
    return rows


def _row(items: list[OpenItem], changes: list[Change], opening: Decimal) -> dict[str, Any]:
    flows = {
        flow: sign * sum((change.amount for change in changes if change.flow == flow), ZERO)
        for flow, sign in FLOWS.items()
    }
    return {
        "opening_balance": opening,
        **flows,
        "closing_balance": sum((each.balance for each in items), ZERO),
        **{bucket: in_bucket(items, bucket) for bucket in BUCKETS},
        "unapplied_credits": unapplied_credits(items),
        "taken_over": sum((change.amount for change in changes if change.is_taken_over), ZERO),
    }


def _in_reporting_currency(row: dict[str, Any], currency: str, day: date, rates: Rates) -> dict[str, Fraction]:
    """The closing balance at the day's rate, and what of its change no flow of the day explains."""
    opening, closing = Fraction(row["opening_balance"]), Fraction(row["closing_balance"])
    if opening == closing == 0:
        return {"closing_balance_reporting": Fraction(0), "fx_difference": Fraction(0)}
    rate = rates.rate(currency, day)
    rate_before = rates.rate(currency, day - timedelta(days=1)) if opening else Fraction(0)
    return {
        "closing_balance_reporting": closing * rate,
        "fx_difference": closing * rate - opening * rate_before - (closing - opening) * rate,
    }

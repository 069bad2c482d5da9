"""What collecting does: calls, whom they reached, promises made, and the cash of the customers looked after.

Here: what `collection_effort_monthly` must say. Not here: whether promises were kept (promises.py).
"""

from collections.abc import Collection
from datetime import date
from fractions import Fraction
from typing import Any

from tests.support.oracle.landing import Facts
from tests.support.oracle.ledger import Ledger
from tests.support.oracle.monthly import Month, months_of, ratio
from tests.support.oracle.people import PORTFOLIO, assigned_to, members_on
from tests.support.oracle.rates import Rates
from tests.support.oracle.staffing import Member

Event = tuple[date, list[Member], Fraction]


def collection_effort_monthly(
    facts: Facts, ledger: Ledger, rates: Rates, right_party_outcomes: Collection[str]
) -> dict[tuple, dict[str, Any]]:
    """Every month, for the portfolio and for each team and employee with a figure in it."""
    calls = [row for row in facts["activities"] if row["channel"] == "phone" and row["direction"] == "outbound"]
    right_party = [row for row in calls if row["outcome"] in right_party_outcomes]
    events = {
        "outbound_calls": [_call(facts, row) for row in calls],
        "right_party_contacts": [_call(facts, row) for row in right_party],
        "promises_made": [
            (row["made_date"], members_on(facts, row["employee_id"], row["made_date"]), Fraction(1))
            for row in facts["promises"]
        ],
        "cash_received": _cash(facts, ledger, rates),
    }
    rows = {}
    for month in months_of(ledger):
        in_month = {name: _within(month, its_events) for name, its_events in events.items()}
        members = {PORTFOLIO} | {member for each in in_month.values() for _, members, _ in each for member in members}
        for member in members:
            figures = {
                name: sum((value for _, members, value in each if member in members), Fraction(0))
                for name, each in in_month.items()
            }
            calls_made = figures["outbound_calls"]
            rows[month.calendar_end, *member] = figures | {
                "call_to_promise_ratio": ratio(figures["promises_made"], calls_made),
                "right_party_contact_rate": ratio(figures["right_party_contacts"], calls_made),
                "is_complete": month.is_complete,
            }
    return rows


def _within(month: Month, events: list[Event]) -> list[Event]:
    return [event for event in events if month.first <= event[0] <= month.last]


def _call(facts: Facts, row: dict[str, Any]) -> Event:
    day = row["occurred_at"].date()
    return day, members_on(facts, row["employee_id"], day), Fraction(1)


def _cash(facts: Facts, ledger: Ledger, rates: Rates) -> list[Event]:
    """Receipts and their reversals, both for who looked after the customer on the receipt's day."""
    return [
        (
            change.day,
            members_on(facts, assigned_to(facts, change.item.customer_id, change.item.opened), change.day),
            -Fraction(change.amount) * rates.rate(change.item.currency_code, change.day),
        )
        for change in ledger.changes
        if change.flow in ("cash_received", "cash_reversed")
    ]

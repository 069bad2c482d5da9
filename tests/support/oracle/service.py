"""Whether one call or one contact was enough, and what customers said of it.

Here: what `service_quality_monthly` must say. Not here: contacts under the rules (contacts.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.support.oracle.balances import ZERO, part_balances
from tests.support.oracle.landing import Facts, known_customers
from tests.support.oracle.ledger import Ledger, segment_of
from tests.support.oracle.monthly import Figures, Month, levels_of, months_of, ratio

PAYMENT_DAYS = timedelta(days=5)
REOPEN_DAYS = timedelta(days=14)
SATISFIED = 4


@dataclass(frozen=True)
class Fact:
    """Something counted on a day, of a customer."""

    day: date
    customer_id: str
    measures: tuple[str, ...]


def is_past_due(ledger: Ledger, customer_id: str, day: date) -> bool:
    """Whether the customer owes something past due, in any currency, at the close of the day."""
    owed: dict[str, Any] = {}
    for item in ledger.items:
        if item.kind == "invoice" and item.customer_id == customer_id:
            for due_date, balance in part_balances(ledger, item, day):
                if due_date is not None and due_date < day:
                    owed[item.currency_code] = owed.get(item.currency_code, ZERO) + balance
    return any(amount > 0 for amount in owed.values())


def episodes(ledger: Ledger, customer_id: str) -> list[tuple[date, date | None]]:
    """From each day the customer is past due after not being so, to the day it is no more: looked at day by day."""
    items = [item for item in ledger.items if item.kind == "invoice" and item.customer_id == customer_id]
    days = {change.day for item in items for change in ledger.changes_of(item)}
    for part in (part for item in items for part in item.parts):
        days |= {recorded_on for recorded_on, _ in part.due_dates}
        days |= {due_date + timedelta(days=1) for _, due_date in part.due_dates if due_date is not None}
    found: list[tuple[date, date | None]] = []
    started = None
    # On days in between nothing changes and nothing comes due.
    for day in sorted(day for day in days if day <= ledger.as_of):
        past_due = is_past_due(ledger, customer_id, day)
        if past_due and started is None:
            started = day
        if not past_due and started is not None:
            found.append((started, day))
            started = None
    return found if started is None else [*found, (started, None)]


def first_calls(facts: Facts, ledger: Ledger) -> list[Fact]:
    """The first outbound call of every episode, and whether cash followed in time and before a second."""
    found = []
    for customer in known_customers(facts):
        calls = sorted(
            (row["occurred_at"], row["activity_id"])
            for row in facts["activities"]
            if row["customer_id"] == customer["customer_id"]
            and (row["channel"], row["direction"]) == ("phone", "outbound")
            and row["occurred_at"].date() <= ledger.as_of
        )
        if not calls:
            continue
        for started, ended in episodes(ledger, customer["customer_id"]):
            days = [at.date() for at, _ in calls if started <= at.date() <= (ended or ledger.as_of)]
            if days:
                is_resolved = any(
                    days[0] <= day <= days[0] + PAYMENT_DAYS and (len(days) == 1 or day < days[1])
                    for day in payment_days(facts, ledger, customer["customer_id"])
                )
                resolved = ("episodes_resolved",) if is_resolved else ()
                found.append(Fact(days[0], customer["customer_id"], ("episodes_first_called", *resolved)))
    return found


def payment_days(facts: Facts, ledger: Ledger, customer_id: str) -> list[date]:
    """Days on which the customer paid; a receipt of which nothing is left unreversed by the as-of day is none."""
    return [
        row["receipt_date"]
        for row in facts["receipts"]
        if row["customer_id"] == customer_id
        and (row["reversed_date"] is None or max(row["reversed_date"], row["receipt_date"]) > ledger.as_of)
        and row["amount"] > _reversed_in_part(facts, row["receipt_id"], ledger.as_of)
    ]


def _reversed_in_part(facts: Facts, receipt_id: str, as_of: date) -> Decimal:
    return sum(
        (
            row["amount"]
            for row in facts["reversals"]
            if row["receipt_id"] == receipt_id and row["reversal_date"] <= as_of
        ),
        ZERO,
    )


def closed_cases(facts: Facts, ledger: Ledger) -> list[Fact]:
    """Cases closed, and whether one contact was enough and they stayed closed."""
    found = []
    for case in facts["cases"]:
        if case["closed_at"] is None or case["closed_at"].date() > ledger.as_of:
            continue
        contacts = [
            row
            for row in facts["activities"]
            if row["case_id"] == case["case_id"] and row["occurred_at"] <= case["closed_at"]
        ]
        closed = case["closed_at"].date()
        reopened = case["reopened_at"].date() if case["reopened_at"] else None
        came_back = reopened is not None and reopened <= ledger.as_of and reopened <= closed + REOPEN_DAYS
        resolved = ("cases_resolved",) if len(contacts) <= 1 and not came_back else ()
        found.append(Fact(closed, case["customer_id"], ("cases_closed", *resolved)))
    return found


def surveys(facts: Facts, ledger: Ledger) -> list[Fact]:
    """Surveys where they were sent, and answers where they came in."""
    found = []
    for row in facts["surveys"]:
        is_answered = row["score"] is not None and row["responded_at"] is not None
        responded = row["responded_at"].date() if is_answered else None
        in_time = responded is not None and responded <= ledger.as_of
        if row["sent_at"].date() <= ledger.as_of:
            answered = ("surveys_answered",) if in_time else ()
            found.append(Fact(row["sent_at"].date(), row["customer_id"], ("surveys_sent", *answered)))
        if in_time:
            satisfied = ("satisfied_responses",) if row["score"] >= SATISFIED else ()
            found.append(Fact(responded, row["customer_id"], ("responses", *satisfied)))
    return found


def service_quality_monthly(facts: Facts, ledger: Ledger) -> Figures:
    """The portfolio and every segment, in every month."""
    counted = first_calls(facts, ledger) + closed_cases(facts, ledger) + surveys(facts, ledger)
    segments = {row["customer_id"]: segment_of(row["customer_id"], row["segment"]) for row in known_customers(facts)}
    rows: Figures = {}
    for level in levels_of(ledger):
        if level[0] in ("portfolio", "segment"):
            of_level = [fact for fact in counted if level[2] in (None, segments[fact.customer_id])]
            for month in months_of(ledger):
                rows[month.calendar_end, *level] = _row(month, _counter(month, of_level))
    return rows


def _counter(month: Month, facts: list[Fact]) -> Callable[[str], int]:
    of_month = [fact for fact in facts if month.first <= fact.day <= month.last]
    return lambda measure: sum(1 for fact in of_month if measure in fact.measures)


def _row(month: Month, count: Callable[[str], int]) -> dict[str, Any]:
    shares = {
        "first_call_resolution": ("episodes_resolved", "episodes_first_called"),
        "first_contact_resolution": ("cases_resolved", "cases_closed"),
        "csat": ("satisfied_responses", "responses"),
        "survey_response_rate": ("surveys_answered", "surveys_sent"),
    }
    row: dict[str, Any] = {measure: count(measure) for parts in shares.values() for measure in parts}
    for kpi, (part, whole) in shares.items():
        row[kpi] = ratio(Fraction(row[part]), Fraction(row[whole]))
    return row | {"is_complete": month.is_complete}

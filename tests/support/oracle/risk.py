"""What each customer owes and how it pays as of the day, what warns of it, and whom to turn to first.

Here: what `customer_risk` and `collections_worklist` must say. Rules and tiers are the reader's to edit, so they are
given; words are not looked at. Not here: the months' figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor
from typing import Any

from tests.support.oracle.balances import ZERO, Tolerances, is_debt, open_items, part_balances
from tests.support.oracle.compliance import Log, may_be_called_again
from tests.support.oracle.contacts import is_about
from tests.support.oracle.disputes import disputes_of
from tests.support.oracle.instalments import laid_changes
from tests.support.oracle.landing import Facts, known_customers
from tests.support.oracle.ledger import Change, Ledger, segment_of
from tests.support.oracle.monthly import ratio
from tests.support.oracle.people import assigned_to
from tests.support.oracle.promises import GRACE, kept_amounts, matured
from tests.support.oracle.rates import MissingRateError, Rates

CHANNELS = ("phone", "email", "sms", "letter", "portal", "visit")
Rows = dict[tuple[str], dict[str, Any]]


@dataclass(frozen=True)
class Rule:
    """A flag is raised when the feature reaches the threshold, of several of one feature the highest one reached."""

    flag_id: str
    feature: str
    threshold: float
    points: int


@dataclass(frozen=True)
class Tier:
    """So many points at least make the tier."""

    risk_tier: str
    min_points: int
    loss_probability: Fraction


def months_before(day: date, months: int) -> date:
    """The first day of the months that end with the day."""
    after = day + timedelta(days=1)
    place = after.year * 12 + after.month - 1 - months
    year, month = divmod(place, 12)
    for last in (after.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(after.day, last))
        except ValueError:
            continue
    raise AssertionError(f"no day {months} months before {day}")


def customer_risk(
    facts: Facts,
    ledger: Ledger,
    rates: Rates,
    rules: Sequence[Rule],
    tiers: Sequence[Tier],
    tolerances: Tolerances,
) -> Rows:
    """Every customer."""
    customers = [row["customer_id"] for row in known_customers(facts)]
    rows = {customer_id: _balances(ledger, rates, customer_id, tolerances) for customer_id in customers}
    everything = sum((row["receivables"] for row in rows.values()), Fraction(0))
    broken = broken_promises(facts, ledger)
    open_disputes = [each.invoice.customer_id for each in disputes_of(facts, ledger) if each.is_open(ledger.as_of)]
    for customer in known_customers(facts):
        customer_id = customer["customer_id"]
        row = rows[customer_id]
        row |= _payment_days(ledger, rates, customer_id) | _credit(ledger, rates, customer, row["open_invoices"])
        row["segment"] = segment_of(customer["customer_id"], customer["segment"])
        row["share_of_receivables"] = ratio(row["receivables"], everything)
        row["broken_promises_12m"] = broken.count(customer_id)
        row["open_disputes"] = open_disputes.count(customer_id)
        row |= _tier(row, rules, tiers)
    return {(customer_id,): row for customer_id, row in rows.items()}


def _balances(ledger: Ledger, rates: Rates, customer_id: str, tolerances: Tolerances) -> dict[str, Any]:
    as_of, oldest = ledger.as_of, 0
    invoices = credits = past_due = Fraction(0)
    for each in open_items(ledger, as_of):
        if each.item.customer_id != customer_id or not (each.balance or each.buckets):
            continue
        rate = rates.rate(each.item.currency_code, as_of)
        credits += Fraction(each.balance - each.owed) * rate
        if each.item.kind != "invoice":
            continue
        invoices += Fraction(each.owed) * rate
        for due_date, balance in part_balances(ledger, each.item, as_of):
            if due_date is not None and due_date < as_of:
                past_due += Fraction(balance) * rate
                is_oldest = balance > 0 and is_debt(each.past_due, each.item, tolerances)
                oldest = max(oldest, (as_of - due_date).days if is_oldest else 0)
    return {
        "open_invoices": invoices,
        "unapplied_credits": credits,
        "receivables": invoices + credits,
        "past_due_receivables": past_due,
        "oldest_past_due_days": oldest,
    }


def _payment_days(ledger: Ledger, rates: Rates, customer_id: str) -> dict[str, Any]:
    """Cash applied and not undone since, weighted by how late it was."""
    sums: dict[str, Fraction] = dict.fromkeys(("cash_3m", "days_3m", "cash_12m", "days_12m", "late_12m"), Fraction(0))
    for laid in laid_changes(ledger):
        change = laid.change
        if change.item.customer_id != customer_id or change.applied_from != "receipt" or change.is_undoing:
            continue
        if laid.due_date is None or change.day < months_before(ledger.as_of, 12):
            continue
        standing = (-laid.amount * _standing_share(ledger, change)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        if not standing:
            continue
        amount = Fraction(standing) * rates.rate(change.item.currency_code, change.day)
        days_late = (change.day - laid.due_date).days
        sums["cash_12m"] += amount
        sums["days_12m"] += amount * days_late
        sums["late_12m"] += amount if days_late > 0 else 0
        if change.day >= months_before(ledger.as_of, 3):
            sums["cash_3m"] += amount
            sums["days_3m"] += amount * days_late
    late_3m, late_12m = ratio(sums["days_3m"], sums["cash_3m"]), ratio(sums["days_12m"], sums["cash_12m"])
    return {
        "cash_applied_3m": sums["cash_3m"],
        "days_late_3m": late_3m,
        "cash_applied_12m": sums["cash_12m"],
        "days_late_12m": late_12m,
        "days_late_trend": None if late_3m is None or late_12m is None else late_3m - late_12m,
        "cash_paid_late_12m": sums["late_12m"],
        "share_paid_late": ratio(sums["late_12m"], sums["cash_12m"]),
    }


def _standing_share(ledger: Ledger, applied: Change) -> Decimal:
    """Which share of an application was not undone since: by reversals of parts of its receipt, or whole."""
    of_source = [
        each for each in ledger.changes if each.application_id == applied.application_id and each.item.kind == "receipt"
    ]
    if any(each.is_undoing and each.source[0] == "applications" for each in of_source):
        return ZERO
    reopened = sum((each.amount for each in of_source if each.is_undoing), ZERO)
    return 1 + reopened / of_source[0].amount if reopened else Decimal(1)


def _credit(ledger: Ledger, rates: Rates, customer: dict[str, Any], open_invoices: Fraction) -> dict[str, Any]:
    """No or zero limit is a class, not a percentage."""
    limit = customer["credit_limit"]
    if not limit or limit <= 0:
        return {"credit_limit": None, "credit_utilisation": None, "credit_class": "no_limit"}
    try:
        rate = rates.rate(customer["currency_code"] or rates.reporting_currency, ledger.as_of)
    except MissingRateError:
        return {"credit_limit": None, "credit_utilisation": None, "credit_class": "no_rate"}
    used = ratio(open_invoices, Fraction(limit) * rate)
    credit_class = "over_limit" if used is not None and used > 1 else "within_limit"
    return {"credit_limit": Fraction(limit) * rate, "credit_utilisation": used, "credit_class": credit_class}


def broken_promises(facts: Facts, ledger: Ledger) -> list[str]:
    """Whose promises of the last 12 months matured and were not kept."""
    kept = kept_amounts(facts, ledger)
    return [
        row["customer_id"]
        for row in matured(facts, ledger.as_of)
        if row["due_date"] >= months_before(ledger.as_of, 12) and kept[row["promise_id"]] < row["amount"]
    ]


def _tier(row: dict[str, Any], rules: Sequence[Rule], tiers: Sequence[Tier]) -> dict[str, Any]:
    raised = []
    for feature in {rule.feature for rule in rules}:
        reached = [
            r for r in rules if r.feature == feature and row[feature] is not None and row[feature] >= r.threshold
        ]
        raised += [max(reached, key=lambda rule: rule.threshold)] if reached else []
    points = sum(rule.points for rule in raised)
    ladder = sorted(tiers, key=lambda tier: tier.min_points)
    tier = [each for each in ladder if each.min_points <= points or each is ladder[0]][-1]
    flags = {f"is_{rule.flag_id}": rule in raised for rule in rules}
    return {**flags, "risk_points": points, "risk_tier": tier.risk_tier, "loss_probability": tier.loss_probability}


def collections_worklist(log: Log, rates: Rates, risk: Rows) -> Rows:
    """Customers who owe something past due, by what of it their unapplied credits don't cover and is at risk."""
    facts, ledger = log.facts, log.ledger
    rows = {
        customer_id: {
            "net_past_due": _net_past_due(row),
            "money_at_risk": _rounded(_net_past_due(row) * row["loss_probability"]),
            "unapplied_credits": row["unapplied_credits"],
            "balance": row["receivables"],
            **{name: row[name] for name in ("past_due_receivables", "oldest_past_due_days", "risk_tier", "segment")},
            **last_contact(facts, ledger.as_of, customer_id),
            **next_promise(facts, ledger.as_of, rates, "customer_id", customer_id),
            "owner_employee_id": assigned_to(facts, customer_id, ledger.as_of),
            "allowed_channels": allowed_channels(log, customer_id),
        }
        for (customer_id,), row in risk.items()
        if row["past_due_receivables"] > 0 and row["oldest_past_due_days"] > 0
    }
    ranked = sorted(
        rows,
        key=lambda name: (
            -rows[name]["money_at_risk"],
            -rows[name]["net_past_due"],
            -rows[name]["past_due_receivables"],
            -rows[name]["oldest_past_due_days"],
            name,
        ),
    )
    for place, customer_id in enumerate(ranked, start=1):
        rows[customer_id]["priority"] = place
    return {(customer_id,): row for customer_id, row in rows.items()}


def _net_past_due(row: dict[str, Any]) -> Fraction:
    return max(row["past_due_receivables"] + row["unapplied_credits"], Fraction(0))


def _rounded(amount: Fraction) -> Fraction:
    """To four places, a half up."""
    return Fraction(floor(amount * 10**4 + Fraction(1, 2)), 10**4)


def last_contact(facts: Facts, as_of: date, customer_id: str) -> dict[str, Any]:
    """When the customer was last spoken to or tried, and how."""
    contacts = [
        row for row in facts["activities"] if row["customer_id"] == customer_id and row["occurred_at"].date() <= as_of
    ]
    last = max(contacts, key=lambda row: (row["occurred_at"], row["activity_id"]), default=None)
    names = ("channel", "direction", "outcome")
    return {"last_contact_date": last and last["occurred_at"].date()} | {
        f"last_contact_{name}": last and last[name] for name in names
    }


def next_promise(facts: Facts, as_of: date, rates: Rates, column: str, of: str) -> dict[str, Any]:
    """What is promised for the next day of which something is promised, and not over yet.

    ``column`` says whose promises: a customer's, or those that name an invoice; ``of`` which.
    """
    promised = [
        row
        for row in facts["promises"]
        if row[column] == of
        and row["made_date"] <= as_of
        and row["due_date"] + GRACE > as_of
        and (row["cancelled_date"] is None or row["cancelled_date"] > as_of)
    ]
    day = min((row["due_date"] for row in promised), default=None)
    amounts = [
        Fraction(row["amount"]) * rates.rate(row["currency_code"], as_of) for row in promised if row["due_date"] == day
    ]
    return {"next_promise_date": day, "next_promise_amount": sum(amounts, Fraction(0)) if amounts else None}


def allowed_channels(log: Log, customer_id: str) -> str:
    """Channels without a wish against them that holds at any time of the day; the last wish counts, or the stricter.

    And no telephone when the rules on calls are against one more.
    """
    facts, as_of = log.facts, log.ledger.as_of
    midnight = datetime.combine(as_of, time())
    allowed = []
    for channel in CHANNELS:
        wishes = []
        for row in facts["contact_preferences"]:
            is_consent, ends = row["preference"] == "consent", row["expires_at"]
            if row["customer_id"] != customer_id or not is_about(row, channel):
                continue
            if row["received_at"].date() > as_of:
                continue
            if ends is None or (ends.date() > as_of if is_consent else ends > midnight):
                wishes.append((row["received_at"], not is_consent))
        if channel == "phone" and not may_be_called_again(log, customer_id):
            continue
        if not wishes or not max(wishes)[1]:
            allowed.append(channel)
    return ", ".join(allowed) or "none"

"""Promises to pay, and which cash keeps which: by hand, promise after promise, unit of cash after unit.

Here: what `promises_monthly` must say. Not here: whose promise it is on a day (people.py).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.support.oracle.balances import ZERO
from tests.support.oracle.landing import Facts
from tests.support.oracle.ledger import Item, Ledger
from tests.support.oracle.monthly import months_of, ratio
from tests.support.oracle.people import PORTFOLIO, members_on
from tests.support.oracle.rates import Rates
from tests.support.oracle.staffing import Member

GRACE = timedelta(days=5)
NOT_SETTLING = ("voided", "written_off", "write_offs_reversed")


@dataclass
class Unit:
    """Cash that stands on the as-of day: an application of a receipt, or what of a receipt is not applied.

    Amounts are in the receipt's currency; ``left`` is what of it has kept no promise yet.
    """

    unit_id: str
    customer_id: str
    currency_code: str
    invoice_id: str | None
    received: date
    left: Decimal


def cash_units(ledger: Ledger) -> list[Unit]:
    """Every unit of cash, none of it used."""
    units = []
    for receipt in (item for item in ledger.items if item.kind == "receipt"):
        place = (receipt.customer_id, receipt.currency_code)
        for (application_id, invoice_id), left in applied_of(ledger, receipt).items():
            if left > 0:
                units.append(Unit(f"application:{application_id}", *place, invoice_id, receipt.opened, left))
        remainder = -sum((change.amount for change in ledger.changes_of(receipt)), ZERO)
        if remainder > 0:
            units.append(Unit(f"receipt:{receipt.item_id}", *place, None, receipt.opened, remainder))
    return units


def applied_of(ledger: Ledger, receipt: Item) -> dict[tuple[str, str], Decimal]:
    """What of each application of the receipt, and of the invoice it is of, is that invoice's cash.

    What a row with a negative amount gives back is taken off the invoice's newest application, then the one before.
    """
    applied: dict[tuple[date, str, str], Decimal] = {}
    of_receipt = [change for change in ledger.changes_of(receipt) if change.application_id]
    for application_id in {change.application_id for change in of_receipt}:
        on_invoice = next(
            change
            for change in ledger.changes
            if change.application_id == application_id and change.item.kind == "invoice"
        )
        place = (on_invoice.applied_day, application_id, on_invoice.item.item_id)
        applied[place] = sum((each.amount for each in of_receipt if each.application_id == application_id), ZERO)
    for giver, given in [(place, -amount) for place, amount in applied.items() if amount < 0]:
        left = given
        for place in sorted(applied, reverse=True):
            if place[2] == giver[2] and applied[place] > 0:
                part = min(applied[place], left)
                applied[place] -= part
                left -= part
    return {place[1:]: amount for place, amount in applied.items()}


def kept_amounts(facts: Facts, ledger: Ledger) -> dict[str, Decimal]:
    """What is kept of every promise that is due and matured: what was paid of it; all of it where that settled."""
    units = cash_units(ledger)
    promises = sorted(
        matured(facts, ledger.as_of), key=lambda row: (row["due_date"], row["made_date"], row["promise_id"])
    )
    kept = {}
    for promise in promises:
        missing = promise["amount"]
        for unit in sorted(units, key=lambda unit: (unit.received, unit.unit_id)):
            if can_keep(unit, promise):
                taken = min(unit.left, missing)
                unit.left -= taken
                missing -= taken
        paid = promise["amount"] - missing
        is_kept_whole = paid > 0 and is_settled(ledger, promise["invoice_id"], promise["due_date"] + GRACE)
        kept[promise["promise_id"]] = promise["amount"] if is_kept_whole else paid
    return kept


def is_settled(ledger: Ledger, invoice_id: str | None, day: date) -> bool:
    """Whether the invoice was settled in full by the day: cash counts when it was received, credit when given.

    What was undone by the as-of day doesn't count at all, nor does a void or a write-off.
    """
    left, found = ZERO, False
    for change in ledger.changes:
        if (change.item.kind, change.item.item_id) != ("invoice", invoice_id) or change.flow in NOT_SETTLING:
            continue
        found = True
        if change.application_id:
            left += change.amount if change.received_day <= day else ZERO
        elif change.day <= day or change.flow == "invoiced":
            left += change.amount
    return found and left <= 0


def matured(facts: Facts, as_of: date) -> list[dict[str, Any]]:
    """Promises whose grace is over and that were not cancelled."""
    return [
        row
        for row in facts["promises"]
        if row["made_date"] <= as_of
        and row["due_date"] + GRACE <= as_of
        and (row["cancelled_date"] is None or row["cancelled_date"] > as_of)
    ]


def can_keep(unit: Unit, promise: dict[str, Any]) -> bool:
    """Whether the unit is cash the promise was about, in its time and currency."""
    if unit.currency_code != promise["currency_code"]:
        return False
    if promise["invoice_id"] is None:
        is_its_own = unit.customer_id == promise["customer_id"]
    else:
        is_its_own = unit.invoice_id == promise["invoice_id"]
    return is_its_own and promise["made_date"] <= unit.received <= promise["due_date"] + GRACE


def promises_monthly(facts: Facts, ledger: Ledger, rates: Rates) -> dict[tuple, dict[str, Any]]:
    """Every month, for the portfolio and for each team and employee with a promise made or due in it."""
    kept = kept_amounts(facts, ledger)
    made = [row for row in facts["promises"] if row["made_date"] <= ledger.as_of]
    due = matured(facts, ledger.as_of)
    rows = {}
    for month in months_of(ledger):
        made_in = [row for row in made if month.first <= row["made_date"] <= month.last]
        due_in = [row for row in due if month.first <= row["due_date"] <= month.last]
        members: set[Member] = {PORTFOLIO}
        for row in made_in:
            members |= set(members_on(facts, row["employee_id"], row["made_date"]))
        for row in due_in:
            members |= set(members_on(facts, row["employee_id"], row["due_date"]))
        for member in members:
            of_member = [row for row in due_in if member in members_on(facts, row["employee_id"], row["due_date"])]
            promised = paid = Fraction(0)
            for row in of_member:
                rate = rates.rate(row["currency_code"], row["due_date"])
                promised += Fraction(row["amount"]) * rate
                paid += Fraction(kept[row["promise_id"]]) * rate
            count = sum(1 for row in of_member if kept[row["promise_id"]] >= row["amount"])
            rows[month.calendar_end, *member] = {
                "promises_made": sum(
                    1 for row in made_in if member in members_on(facts, row["employee_id"], row["made_date"])
                ),
                "promises_due": len(of_member),
                "promises_kept": count,
                "promised_amount": promised,
                "kept_amount": paid,
                "promise_kept_rate": ratio(Fraction(count), Fraction(len(of_member))),
                "promise_kept_rate_amount": ratio(paid, promised),
                "is_complete": month.is_complete,
            }
    return rows

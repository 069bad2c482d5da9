"""What the weekly cash forecast must say, item by item and day by day.

Here: cash of open items by week and level with its spread, and of the last weeks' invoices, issued again. Not here:
when an invoice is paid with which probability (payments.py).
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tests.support.oracle.payments import Bins, Forecast, Spell, group_curves

WEEKS = range(1, 14)
Row = Mapping[str, Any]


def open_items_by_week(
    items: Iterable[Row], forecasts: Mapping[str, Forecast], today: date
) -> dict[str, dict[int, tuple[float, float]]]:
    """Expected cash and its standard deviation, by scope and week, in the currency of the items.

    Args:
        items: rows of payment_forecast: whose each is, and its open balance.
    """
    cash: dict = defaultdict(lambda: defaultdict(float))
    variance: dict = defaultdict(lambda: defaultdict(float))
    for item in items:
        unpaid, balance = forecasts[item["invoice_id"]].unpaid, float(item["open_balance"])
        since_due, left = (today - item["due_date"]).days, 1.0
        for week in WEEKS:
            before = left
            for day in range(since_due + 7 * week - 6, since_due + 7 * week + 1):
                left = unpaid.get(day, left)
            paid = before - left
            for scope in scopes_of(item):
                cash[scope][week] += balance * paid
                variance[scope][week] += balance**2 * paid * (1 - paid)
    return {
        scope: {week: (of_scope[week], math.sqrt(variance[scope][week])) for week in WEEKS}
        for scope, of_scope in cash.items()
    }


def baseline_by_week(items: Iterable[Row], spells: Sequence[Spell], today: date) -> dict[str, dict[int, float]]:
    """Cash by scope and week if each customer pays as late as the median of its paid invoices, or of everyone's."""
    paid = [(spell.customer_id, spell.last_day_late(today)) for spell in spells if spell.is_paid]
    everyone = statistics.median(late for _, late in paid)
    cash: dict = defaultdict(lambda: dict.fromkeys(WEEKS, 0.0))
    for item in items:
        own = [late for customer, late in paid if customer == item["customer_id"]]
        late = statistics.median(own) if len(own) >= 3 else everyone
        week = math.ceil(max(late - (today - item["due_date"]).days, 1) / 7)
        if item["p_unpaid_365"] is not None and week in WEEKS:
            for scope in scopes_of(item):
                cash[scope][week] += float(item["open_balance"])
    return cash


def billings_again(
    invoices: Iterable[Row], customers: Mapping[str, Row], spells: Sequence[Spell], bins: Bins, today: date
) -> dict[str, dict[int, float]]:
    """Cash by scope and week of the invoices of the last 13 weeks, each issued again in the middle of its week."""
    curves = group_curves(spells, bins, today)
    hazard_on = {day: place for place, (first, last) in enumerate(bins) for day in range(first, last + 1)}
    cash: dict = defaultdict(lambda: dict.fromkeys(WEEKS, 0.0))
    for invoice in invoices:
        day_of_weeks = (invoice["invoice_date"] - (today - timedelta(91))).days
        if not 1 <= day_of_weeks <= 91:
            continue
        curve, unpaid = curves[invoice["customer_id"]], float(invoice["amount"])
        days_late = (invoice["invoice_date"] - invoice["due_date"]).days
        for day in range(7 * math.ceil(day_of_weeks / 7) - 3, 92):
            if days_late in hazard_on:
                paid = unpaid * curve[hazard_on[days_late]]
                unpaid -= paid
                for scope in scopes_of(invoice | {"segment": customers[invoice["customer_id"]]["segment"]}):
                    cash[scope][math.ceil(day / 7)] += paid
            days_late += 1
    return cash


def scopes_of(row: Row) -> list[str]:
    """Everything, its company, its segment and its currency."""
    levels = {"company": "company_id", "segment": "segment", "currency": "currency_code"}
    return ["portfolio", *(f"{level}:{row[column]}" for level, column in levels.items())]

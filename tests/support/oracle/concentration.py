"""With whom receivables stand, and what collecting them cost.

Here: those columns of `credit_losses_monthly`. Not here: its losses and recoveries (losses.py).
"""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from tests.support.oracle.landing import Facts
from tests.support.oracle.monthly import Figures, Level, Month, Monthly, ratio
from tests.support.oracle.rates import Rates

TOP = 10


def concentration_monthly(facts: Facts, rates: Rates, levels: dict[Level, Monthly]) -> Figures:
    """Every level in every month."""
    return {
        (month.calendar_end, *level): _owed(monthly, at, rates) | _cost(facts, level, monthly, at, rates)
        for level, monthly in levels.items()
        for at, month in enumerate(monthly.months)
    }


def _owed(monthly: Monthly, at: int, rates: Rates) -> dict[str, Any]:
    """What those who owe owe; a customer in credit has no share."""
    balances: dict[str, Fraction] = defaultdict(Fraction)
    for each in monthly.open_items(at):
        rate = rates.rate(each.item.currency_code, monthly.months[at].last)
        balances[each.item.customer_id] += Fraction(each.balance) * rate
    owed = sorted((balance for balance in balances.values() if balance > 0), reverse=True)
    total = sum(owed, Fraction(0))
    return {
        "owed_receivables": total,
        "top_10_receivables": sum(owed[:TOP], Fraction(0)),
        "top_10_share": ratio(sum(owed[:TOP], Fraction(0)), total),
        "concentration_index": sum(((share / total) ** 2 for share in owed), Fraction(0)) if owed else None,
    }


def _cost(facts: Facts, level: Level, monthly: Monthly, at: int, rates: Rates) -> dict[str, Any]:
    """Cost of the month at the rate of its last day; landed by company, so segments have none."""
    month: Month = monthly.months[at]
    rows = [
        row
        for row in facts["process_costs"]
        if row["month"] == month.first and level[1] in (None, row["company_id"]) and level[2] is None
    ]
    cost = sum((Fraction(row["amount"]) * rates.rate(row["currency_code"], month.last) for row in rows), Fraction(0))
    cash = monthly.cash(at)
    return {
        "process_cost": cost if rows else None,
        "cash_received": cash,
        "cost_to_collect": ratio(cost, cash) if rows else None,
    }

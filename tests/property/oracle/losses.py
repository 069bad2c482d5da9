"""What is lost and what comes back: write-offs, recoveries, and cash on what was past due.

Here: what `credit_losses_monthly` must say. Not here: the levels' balances and flows themselves (monthly.py).
"""

from fractions import Fraction
from typing import Any

from tests.property.oracle.monthly import Figures, Level, Monthly, ratio

TRAILING_MONTHS = 12


def credit_losses_monthly(levels: dict[Level, Monthly]) -> Figures:
    """Every level in every month."""
    return {
        (month.calendar_end, *level): _row(monthly, at) | {"is_complete": month.is_complete}
        for level, monthly in levels.items()
        for at, month in enumerate(monthly.months)
    }


def _row(monthly: Monthly, at: int) -> dict[str, Any]:
    opening, sales, past_due = monthly.receivables(at - 1), monthly.sales(at), monthly.past_due(at - 1)
    lost, back = written_off(monthly, at), recovered(monthly, at)
    trailing = range(max(at - TRAILING_MONTHS + 1, 0), at + 1)
    lost_12m = sum((written_off(monthly, i) for i in trailing), Fraction(0))
    back_12m = sum((recovered(monthly, i) for i in trailing), Fraction(0))
    cash = cash_applied_to_past_due(monthly, at)
    return {
        "opening_receivables": opening,
        "net_credit_sales": sales,
        "written_off": lost,
        "recovered": back,
        "written_off_12m": lost_12m,
        "recovered_12m": back_12m,
        "opening_past_due_receivables": past_due,
        "cash_applied_to_past_due": cash,
        "bad_debt_expense": lost - back,
        "write_off_rate": ratio(lost, opening),
        "bad_debt_to_sales": ratio(lost - back, sales),
        "recovery_rate": ratio(cash, past_due),
        "write_off_recovery_rate": ratio(back_12m, lost_12m),
    }


def written_off(monthly: Monthly, at: int) -> Fraction:
    """Write-offs of the month, a positive figure."""
    return -monthly.flow(at, lambda change: change.flow == "written_off")


def recovered(monthly: Monthly, at: int) -> Fraction:
    """Write-offs taken back in the month."""
    return monthly.flow(at, lambda change: change.flow == "write_offs_reversed")


def cash_applied_to_past_due(monthly: Monthly, at: int) -> Fraction:
    """Cash applied in the month, less what was undone in it, to invoices with a past-due balance at its start."""
    was_past_due = {each.item for each in monthly.open_items(at - 1) if each.past_due}
    return -monthly.flow(at, lambda change: change.applied_from == "receipt" and change.item in was_past_due)

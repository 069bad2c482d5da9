"""What is lost and what comes back: write-offs, recoveries, and cash on what was past due.

Here: what `credit_losses_monthly` must say. Not here: the levels' balances and flows themselves (monthly.py).
"""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.support.oracle.balances import ZERO, laid_on
from tests.support.oracle.instalments import LaidChange, laid_changes
from tests.support.oracle.ledger import Ledger
from tests.support.oracle.monthly import Figures, Level, Month, Monthly, levels_of_item, months_of, ratio
from tests.support.oracle.rates import Rates

TRAILING_MONTHS = 12


def credit_losses_monthly(ledger: Ledger, rates: Rates, levels: dict[Level, Monthly]) -> Figures:
    """Every level in every month."""
    recoveries = [cash_on_past_due(ledger, month) for month in months_of(ledger)]
    rows: Figures = {}
    for level, monthly in levels.items():
        for at, month in enumerate(monthly.months):
            of_level = [laid for laid in recoveries[at] if level in levels_of_item(laid.change.item)]
            cash = -sum((_value(laid, rates) for laid in of_level), Fraction(0))
            rows[month.calendar_end, *level] = _row(monthly, at, cash) | {"is_complete": month.is_complete}
    return rows


def _row(monthly: Monthly, at: int, cash: Fraction) -> dict[str, Any]:
    opening, sales, past_due = monthly.receivables(at - 1), monthly.sales(at), monthly.past_due(at - 1)
    lost, back = written_off(monthly, at), recovered(monthly, at)
    trailing = range(max(at - TRAILING_MONTHS + 1, 0), at + 1)
    lost_12m = sum((written_off(monthly, i) for i in trailing), Fraction(0))
    back_12m = sum((recovered(monthly, i) for i in trailing), Fraction(0))
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


def cash_on_past_due(ledger: Ledger, month: Month) -> list[LaidChange]:
    """Cash applied in the month, and what was undone in it, laid on instalments that were past due at its start."""
    opening = month.first - timedelta(days=1)
    return [
        laid
        for laid in laid_changes(ledger)
        if laid.change.applied_from == "receipt"
        and month.first <= laid.change.day <= month.last
        and _was_past_due(ledger, laid, opening)
    ]


def _was_past_due(ledger: Ledger, laid: LaidChange, opening: date) -> bool:
    """Whether the instalment had a balance at the close of the day, and was due before it."""
    item, due_date = laid.change.item, laid.part.due_date_on(opening)
    if item.opened > opening or due_date is None or due_date >= opening:
        return False
    balance = sum((change.amount for change in ledger.changes_of(item) if change.day <= opening), ZERO)
    return dict(laid_on(item, balance, opening))[laid.part] != 0


def _value(laid: LaidChange, rates: Rates) -> Fraction:
    return Fraction(laid.amount) * rates.rate(laid.change.item.currency_code, laid.change.day)

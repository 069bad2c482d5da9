"""Countback DSO with its numbers put in: the months it counts.

Here: writing the count down. Not here: the figure itself (the mart dso_monthly has it).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from explain.question import Question


@dataclass(frozen=True)
class MonthOfSales:
    """A month that may be counted: its end, its days, its net credit sales in reporting currency."""

    month_end: date
    days: int
    sales: Decimal


def read_sales(published: duckdb.DuckDBPyConnection, question: Question) -> list[MonthOfSales]:
    """Read days and sales of every month up to the one that is asked about, newest first."""
    rows = published.execute(
        "select month_end, days, net_credit_sales from marts.dso_monthly where scope = ? and month_end <= ?"
        " order by month_end desc",
        [question.level.scope, question.month_end],
    ).fetchall()
    return [MonthOfSales(*row) for row in rows]


def countback_in_numbers(receivables: Decimal, months: Iterable[MonthOfSales]) -> str:
    """Write the count: whole months, then the part of the last: `31 (May 2026) + 20.00 / 60.00 x 30 (Apr 2026)`.

    Args:
        receivables: what is counted back, in reporting currency.
        months: the months it may be counted over, newest first.

    Returns:
        `0` when nothing is owed. A month without sales takes nothing off.
    """
    left, terms = receivables, []
    for month in months:
        if left <= 0:
            break
        name = f"({month.month_end:%b %Y})"
        if month.sales >= left:
            terms.append(f"{left:,.2f} / {month.sales:,.2f} x {month.days} {name}")
            break
        terms.append(f"{month.days} {name}")
        left -= max(month.sales, Decimal(0))
    return " + ".join(terms) or "0"

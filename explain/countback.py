"""Countback DSO with its numbers put in: the months it counts.

Here: writing the count down. Not here: the count itself (the marts dso_countback_months and customer_countback_months).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duebook.publication.reader import Published
from explain.question import Question

# The KPI that is a count of months, and no formula over columns.
COUNTBACK = "dso_countback"


@dataclass(frozen=True)
class CountedMonth:
    """A month that is counted, as the mart has it; amounts in reporting currency."""

    month_end: date
    days: int
    sales: Decimal
    receivables_left: Decimal
    is_whole: bool


def read_counted_months(published: Published, question: Question) -> list[CountedMonth]:
    """Read the months that are counted, newest first."""
    customer_id = question.level.customer_id
    rows = published.rows(
        "select counted_month_end, days, net_credit_sales, receivables_left, is_whole"
        " from {marts}.{mart} where month_end = ? and {of} = ? order by counted_month_end desc",
        [question.month_end, customer_id or question.level.scope],
        mart="customer_countback_months" if customer_id else "dso_countback_months",
        of="customer_id" if customer_id else "scope",
    )
    return [CountedMonth(*row) for row in rows]


def countback_in_numbers(months: Iterable[CountedMonth]) -> str:
    """Write the count: whole months, then the part of the last: `31 (May 2026) + 20.00 / 60.00 x 30 (Apr 2026)`.

    Args:
        months: the months that are counted, newest first; none where nothing is owed, which is `0`.
    """
    return " + ".join(_term(month) for month in months) or "0"


def _term(month: CountedMonth) -> str:
    part = "" if month.is_whole else f"{month.receivables_left:,.2f} / {month.sales:,.2f} x "
    return f"{part}{month.days} ({month.month_end:%b %Y})"

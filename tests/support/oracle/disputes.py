"""Disputes opened, closed and open, month by month.

Here: what `disputes_monthly` must say. Not here: the invoices they are about (ledger.py).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.support.oracle.landing import Facts
from tests.support.oracle.ledger import Item, Ledger
from tests.support.oracle.monthly import Figures, Level, Monthly, levels_of_item, ratio
from tests.support.oracle.rates import Rates


@dataclass(frozen=True)
class Dispute:
    """A dispute of an invoice, its amount in the invoice's currency; closed on None: not by the as-of day."""

    invoice: Item
    amount: Decimal
    opened: date
    closed: date | None

    def is_open(self, day: date) -> bool:
        """Whether it is open at the close of the day."""
        return self.opened <= day and (self.closed is None or self.closed > day)

    def value(self, day: date, rates: Rates) -> Fraction:
        """Its amount at the day's rate."""
        return Fraction(self.amount) * rates.rate(self.invoice.currency_code, day) if self.amount else Fraction(0)


def disputes_of(facts: Facts, ledger: Ledger) -> list[Dispute]:
    """Disputes opened by the as-of day; none is closed before it is opened."""
    invoices = {item.item_id: item for item in ledger.items if item.kind == "invoice"}
    disputes = []
    for row in facts["disputes"]:
        if row["opened_date"] <= ledger.as_of and row["invoice_id"] in invoices:
            closed = row["closed_date"] and max(row["closed_date"], row["opened_date"])
            by_then = closed if closed and closed <= ledger.as_of else None
            disputes.append(Dispute(invoices[row["invoice_id"]], row["amount"], row["opened_date"], by_then))
    return disputes


def disputes_monthly(facts: Facts, ledger: Ledger, rates: Rates, levels: dict[Level, Monthly]) -> Figures:
    """Every level in every month."""
    disputes = disputes_of(facts, ledger)
    return {
        (month.calendar_end, *level): _row(
            monthly, at, [each for each in disputes if level in levels_of_item(each.invoice)], rates
        )
        for level, monthly in levels.items()
        for at, month in enumerate(monthly.months)
    }


def _row(monthly: Monthly, at: int, disputes: list[Dispute], rates: Rates) -> dict[str, Any]:
    month = monthly.months[at]
    opened = [each for each in disputes if month.first <= each.opened <= month.last]
    closed = [each for each in disputes if each.closed and month.first <= each.closed <= month.last]
    still_open = [each for each in disputes if each.is_open(month.last)]
    invoiced = monthly.flow(at, lambda change: change.flow == "invoiced")
    disputed_opened = sum((each.value(each.opened, rates) for each in opened), Fraction(0))
    disputed_open = sum((each.value(month.last, rates) for each in still_open), Fraction(0))
    days_to_close = sum((each.closed - each.opened).days for each in closed)
    return {
        "days": month.days,
        "invoiced": invoiced,
        "disputes_opened": len(opened),
        "disputed_opened": disputed_opened,
        "disputes_closed": len(closed),
        "days_to_close": days_to_close,
        "disputes_open": len(still_open),
        "disputed_open": disputed_open,
        "dispute_rate": ratio(disputed_opened, invoiced),
        "dispute_days": ratio(Fraction(days_to_close), Fraction(len(closed))),
        "days_deductions_outstanding": ratio(disputed_open, disputed_opened, month.days),
        "is_complete": month.is_complete,
    }

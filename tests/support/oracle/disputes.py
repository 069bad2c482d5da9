"""Disputes opened, opened again, closed and open, month by month.

Here: what `disputes_monthly` and `disputes_by_reason_monthly` must say. Not here: the
invoices they are about (ledger.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.support.oracle.landing import Facts, Row, recorded, version_order
from tests.support.oracle.ledger import Item, Ledger
from tests.support.oracle.monthly import Figures, Level, Month, Monthly, levels_of_item, ratio
from tests.support.oracle.rates import Rates


@dataclass(frozen=True)
class Dispute:
    """One time a dispute of an invoice was open, its amount in the invoice's currency; closed on None: not by then."""

    invoice: Item
    amount: Decimal
    opened: date
    closed: date | None
    is_again: bool = False
    reason: str | None = None
    resolution: str | None = None

    def is_open(self, day: date) -> bool:
        """Whether it is open at the close of the day."""
        return self.opened <= day and (self.closed is None or self.closed > day)

    def value(self, day: date, rates: Rates) -> Fraction:
        """Its amount at the day's rate."""
        return Fraction(self.amount) * rates.rate(self.invoice.currency_code, day) if self.amount else Fraction(0)


@dataclass
class _Spell:
    """What is told of one time that a dispute was open, and on which day it was found to be opened again, if it was."""

    told: Row
    again: date | None = None

    @property
    def closed(self) -> date | None:
        return _closing(self.told)

    def opened_after(self, closed_before: date | None) -> date:
        if self.again is None or closed_before is None or self.told["opened_date"] > closed_before:
            return self.told["opened_date"]
        return min(self.again, self.closed or self.again)


def _closing(row: Row) -> date | None:
    closed = row.get("closed_date")
    return closed and max(closed, row["opened_date"])


def _told_on(row: Row) -> date:
    return (row.get("updated_at") or recorded(row)).date()


def _spells_of(versions: Sequence[Row]) -> list[_Spell]:
    """The story as it was told, day by day: each version corrects the spell that is on, or begins another."""
    told: dict[date, Row] = {}
    for row in sorted(versions, key=version_order):
        told[_told_on(row)] = row
    first, *others = sorted(told.values(), key=version_order)
    spells = [_Spell(first)]
    for row in others:
        closed = _closing(row)
        while len(spells) > 1 and closed and closed <= spells[-2].closed:
            spells.pop()
        before = spells[-1].closed
        if before and row["opened_date"] > before:
            spells.append(_Spell(row, row["opened_date"]))
        elif before and not closed and _told_on(row) > before:
            spells.append(_Spell(row, _told_on(row)))
        else:
            spells[-1].told = row
    return spells


def disputes_of(facts: Facts, ledger: Ledger) -> list[Dispute]:
    """Each time disputes were opened by the as-of day; none is closed before it is opened."""
    invoices = {item.item_id: item for item in ledger.items if item.kind == "invoice"}
    disputes = []
    for row in facts["disputes"]:
        if row["invoice_id"] not in invoices:
            continue
        before = None
        for spell in _spells_of(row["versions"]):
            opened = spell.opened_after(before)
            if opened <= ledger.as_of:
                by_then = spell.closed if spell.closed and spell.closed <= ledger.as_of else None
                told = (spell.told.get("reason_code"), spell.told.get("resolution"))
                is_again, invoice = spell.again is not None, invoices[row["invoice_id"]]
                disputes.append(Dispute(invoice, spell.told["amount"], opened, by_then, is_again, *told))
            before = spell.closed
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


def disputes_by_reason_monthly(
    facts: Facts, ledger: Ledger, rates: Rates, monthly: Monthly, listed: set[str]
) -> dict[tuple[date, str, str], dict[str, Any]]:
    """Every month, company and reason in which a dispute was opened, closed or open."""
    rows = {}
    disputes = disputes_of(facts, ledger)
    for month in monthly.months:
        on = [
            each for each in disputes if each.opened <= month.last and not (each.closed and each.closed < month.first)
        ]
        for company, reason in {(each.invoice.company_id, _shown(each.reason, listed)) for each in on}:
            its = [each for each in on if (each.invoice.company_id, _shown(each.reason, listed)) == (company, reason)]
            rows[month.calendar_end, company, reason] = _by_reason(month, its, rates)
    return rows


def _shown(reason: str | None, listed: set[str]) -> str:
    return "not_given" if reason is None else reason if reason in listed else "***"


def _by_reason(month: Month, disputes: list[Dispute], rates: Rates) -> dict[str, Any]:
    closed = [each for each in disputes if each.closed and month.first <= each.closed <= month.last]
    ended = {
        f"disputed_{word}": sum(
            (each.value(each.closed, rates) for each in closed if each.resolution == word), Fraction(0)
        )
        for word in ("credited", "paid", "rejected", "written_off")
    }
    figures = _counted(month, disputes, rates)
    days = ratio(Fraction(figures["days_to_close"]), Fraction(len(closed)))
    value = sum((each.value(each.closed, rates) for each in closed), Fraction(0))
    return figures | ended | {"disputed_closed": value, "dispute_days": days, "is_complete": month.is_complete}


def _row(monthly: Monthly, at: int, disputes: list[Dispute], rates: Rates) -> dict[str, Any]:
    month = monthly.months[at]
    invoiced = monthly.flow(at, lambda change: change.flow == "invoiced")
    figures = _counted(month, disputes, rates)
    opened, closed = figures["disputed_opened"], Fraction(figures["disputes_closed"])
    return figures | {
        "days": month.days,
        "invoiced": invoiced,
        "dispute_rate": ratio(opened, invoiced),
        "dispute_days": ratio(Fraction(figures["days_to_close"]), closed),
        "days_deductions_outstanding": ratio(figures["disputed_open"], opened, month.days),
        "is_complete": month.is_complete,
    }


def _counted(month: Month, disputes: list[Dispute], rates: Rates) -> dict[str, Any]:
    begun = [each for each in disputes if month.first <= each.opened <= month.last]
    opened = [each for each in begun if not each.is_again]
    reopened = [each for each in begun if each.is_again]
    closed = [each for each in disputes if each.closed and month.first <= each.closed <= month.last]
    still_open = [each for each in disputes if each.is_open(month.last)]
    return {
        "disputes_opened": len(opened),
        "disputed_opened": sum((each.value(each.opened, rates) for each in opened), Fraction(0)),
        "disputes_reopened": len(reopened),
        "disputed_reopened": sum((each.value(each.opened, rates) for each in reopened), Fraction(0)),
        "disputes_closed": len(closed),
        "days_to_close": sum((each.closed - each.opened).days for each in closed),
        "disputes_open": len(still_open),
        "disputed_open": sum((each.value(month.last, rates) for each in still_open), Fraction(0)),
    }

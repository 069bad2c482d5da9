"""Month-end figures in the reporting currency, at every level, from each level's own items and changes.

Here: months, levels, balances and flows of a level, and the KPIs of the marts dso_monthly, cei_monthly,
delinquency_monthly and aging_monthly, and receivables_rollforward_monthly. Not here: staffing (staffing.py).
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from tests.support.oracle.balances import (
    BUCKETS,
    NO_TOLERANCES,
    PAST_DUE_BUCKETS,
    SERIOUS_BUCKETS,
    OpenItem,
    Tolerances,
    in_bucket,
    is_debt,
    open_invoices,
    open_items,
    unapplied_credits,
)
from tests.support.oracle.instalments import LaidChange, laid_changes
from tests.support.oracle.ledger import FLOWS, Change, Item, Ledger
from tests.support.oracle.rates import Rates

Level = tuple[str, str | None, str | None]
Figures = dict[tuple[date, *Level], dict[str, Any]]

MEASURES: dict[str, Callable[[list[OpenItem]], Decimal]] = {
    "open_invoices": open_invoices,
    "unapplied_credits": unapplied_credits,
    **{name: partial(in_bucket, bucket=name) for name in BUCKETS},
}


@dataclass(frozen=True)
class Month:
    """A calendar month as far as it has run on the as-of day."""

    first: date
    calendar_end: date
    last: date

    @property
    def days(self) -> int:
        """Days so far."""
        return (self.last - self.first).days + 1

    @property
    def is_complete(self) -> bool:
        """Whether the whole month has been."""
        return self.last == self.calendar_end


def months_of(ledger: Ledger) -> list[Month]:
    """From the month of the first event (none: of the as-of day) to the month of the as-of day."""
    months: list[Month] = []
    first = (ledger.first_day or ledger.as_of).replace(day=1)
    while first <= ledger.as_of:
        end = first.replace(day=monthrange(first.year, first.month)[1])
        months.append(Month(first, end, min(end, ledger.as_of)))
        first = end + timedelta(days=1)
    return months


def levels_of(ledger: Ledger) -> list[Level]:
    """The portfolio, and every company, segment and pair of them that has an event."""
    levels: set[Level] = set()
    for item in ledger.items:
        levels |= set(levels_of_item(item))
    return sorted(levels, key=str)


def levels_of_item(item: Item) -> list[Level]:
    """The levels the item counts in."""
    return [
        ("portfolio", None, None),
        ("company", item.company_id, None),
        ("segment", None, item.segment),
        ("company_segment", item.company_id, item.segment),
    ]


class Monthly:
    """Balances and flows of one level, in the reporting currency.

    Every method takes the position of a month in ``months``; position -1 is the time before the first event, when
    every balance is zero.
    """

    def __init__(
        self,
        ledger: Ledger,
        rates: Rates,
        level: Level,
        closings: dict[date, list[OpenItem]],
        cash_applied: list[LaidChange],
    ) -> None:
        """Take of the ledger what is the level's.

        ``closings`` are the items at each month's last day so far; ``cash_applied``, what of cash paid something owed.
        """
        self.months = months_of(ledger)
        self._rates = rates
        self._balances: dict[tuple[int, str], Fraction] = {}
        changes = [change for change in ledger.changes if level in levels_of_item(change.item)]
        self._changes_in = [[c for c in changes if month.first <= c.day <= month.last] for month in self.months]
        self._closings = [
            [each for each in closings[month.last] if each.balance and level in levels_of_item(each.item)]
            for month in self.months
        ]
        self._cash_applied = [laid for laid in cash_applied if level in levels_of_item(laid.change.item)]
        self._sales = [self.flow(at, lambda change: change.is_sale) for at in range(len(self.months))]

    def open_items(self, at: int) -> list[OpenItem]:
        """Items that are open at the month's end."""
        return self._closings[at] if at >= 0 else []

    def balance(self, at: int, name: str) -> Fraction:
        """A measure of the month end's items, each currency at that day's closing rate."""
        if (at, name) not in self._balances:
            self._balances[at, name] = self._balance(at, MEASURES[name])
        return self._balances[at, name]

    def _balance(self, at: int, measure: Callable[[list[OpenItem]], Decimal]) -> Fraction:
        total = Fraction(0)
        for currency in {each.item.currency_code for each in self.open_items(at)}:
            amount = Fraction(measure([each for each in self.open_items(at) if each.item.currency_code == currency]))
            total += amount * self._rates.rate(currency, self.months[at].last) if amount else 0
        return total

    def receivables(self, at: int) -> Fraction:
        """Open invoices and unapplied credits."""
        return self.balance(at, "open_invoices") + self.balance(at, "unapplied_credits")

    def past_due(self, at: int) -> Fraction:
        """What of the invoices is past due."""
        return self.buckets(at, PAST_DUE_BUCKETS)

    def current(self, at: int) -> Fraction:
        """Receivables that are not past due."""
        return self.receivables(at) - self.past_due(at)

    def buckets(self, at: int, names: Iterable[str]) -> Fraction:
        """What stands in the buckets together."""
        return sum((self.balance(at, name) for name in names), Fraction(0))

    def flow(self, at: int, wanted: Callable[[Change], bool]) -> Fraction:
        """Sum of the month's wanted changes, each at its own day's rate."""
        total = Fraction(0)
        for change in self._changes_in[at]:
            if change.amount and wanted(change):
                total += Fraction(change.amount) * self._rates.rate(change.item.currency_code, change.day)
        return total

    def days(self, at: int, months: int = 1) -> int:
        """Days of the months up to this one, as many as asked for or as there are."""
        return sum(self.months[i].days for i in range(max(at - months + 1, 0), at + 1))

    def sales(self, at: int, months: int = 1) -> Fraction:
        """Net credit sales of the months up to this one."""
        return sum((self._sales[i] for i in range(max(at - months + 1, 0), at + 1)), Fraction(0))

    def taken_over(self, at: int, months: int = 1) -> Fraction:
        """Balances less credits taken over from an old system, less voids of either, in the months up to this one."""
        first = max(at - months + 1, 0)
        return sum((self.flow(i, lambda change: change.is_taken_over) for i in range(first, at + 1)), Fraction(0))

    def cash(self, at: int) -> Fraction:
        """Receipts less receipts reversed."""
        return -self.flow(at, lambda change: change.flow in ("cash_received", "cash_reversed"))

    def cash_applied_to_opening(self, at: int) -> Fraction:
        """Cash applied in the month, less what was undone, to what is owed of invoices open at its start."""
        was_owed = {each.item for each in self.open_items(at - 1) if each.owed}
        month, total = self.months[at], Fraction(0)
        for laid in self._cash_applied:
            if month.first <= laid.change.day <= month.last and laid.change.item in was_owed:
                total -= Fraction(laid.amount) * self._rates.rate(laid.change.item.currency_code, laid.change.day)
        return total


def ratio(numerator: Fraction, denominator: Fraction, times: int = 1) -> Fraction | None:
    """A guarded division: None when the denominator is zero or negative."""
    return None if denominator <= 0 else numerator / denominator * times


def all_levels(ledger: Ledger, rates: Rates) -> dict[Level, Monthly]:
    """Every level's figures."""
    closings = {month.last: open_items(ledger, month.last) for month in months_of(ledger)}
    cash_applied = [laid for laid in laid_changes(ledger) if laid.change.applied_from == "receipt"]
    return {level: Monthly(ledger, rates, level, closings, cash_applied) for level in levels_of(ledger)}


def _each_month(levels: dict[Level, Monthly], figures: Callable[["Monthly", int], dict[str, Any]]) -> Figures:
    rows: Figures = {}
    for level, monthly in levels.items():
        for at, month in enumerate(monthly.months):
            rows[month.calendar_end, *level] = figures(monthly, at) | {"is_complete": month.is_complete}
    return rows


def dso_monthly(levels: dict[Level, Monthly]) -> Figures:
    """What `dso_monthly` must say."""
    return _each_month(levels, _dso)


def _dso(monthly: Monthly, at: int) -> dict[str, Any]:
    receivables, sales, days = monthly.receivables(at), monthly.sales(at), monthly.days(at)
    counted, reason = countback(receivables, [(monthly.sales(i), monthly.days(i)) for i in range(at, -1, -1)])
    return {
        "days": days,
        "receivables": receivables,
        "current_receivables": monthly.current(at),
        "past_due_receivables": monthly.past_due(at),
        "net_credit_sales": sales,
        "dso": ratio(receivables, sales, days),
        "dso_3m": ratio(receivables, monthly.sales(at, 3), monthly.days(at, 3)),
        "dso_12m": ratio(receivables, monthly.sales(at, 12), monthly.days(at, 12)),
        "dso_average": ratio((monthly.receivables(at - 1) + receivables) / 2, sales, days),
        "dso_gross": ratio(monthly.balance(at, "open_invoices"), sales, days),
        "dso_countback": counted,
        "reason_countback": reason,
        "best_possible_dso": ratio(monthly.current(at), sales, days),
        "average_days_delinquent": ratio(monthly.past_due(at), sales, days),
    }


def countback(receivables: Fraction, months_newest_first: list[tuple[Fraction, int]]) -> tuple[Fraction, str | None]:
    """Days of sales the receivables stand for, counted back month by month; and the reason when they are not that."""
    if receivables <= 0:
        return Fraction(0), "credit_balance"
    left, counted = receivables, Fraction(0)
    for sales, days in months_newest_first:
        if sales > 0 and sales >= left:
            return counted + left / sales * days, None
        counted += days
        left -= max(sales, Fraction(0))
    return counted, "truncated"


def receivables_rollforward_monthly(levels: dict[Level, Monthly]) -> Figures:
    """Every level's way from one month's end to the next."""
    return _each_month(levels, _rollforward)


def _rollforward(monthly: Monthly, at: int) -> dict[str, Any]:
    """Movements have the sign that makes them positive in the usual case; what they leave open is the rates' doing."""
    opening, closing = monthly.receivables(at - 1), monthly.receivables(at)
    moved = {flow: monthly.flow(at, lambda change, flow=flow: change.flow == flow) for flow in FLOWS}
    return {
        "opening_receivables": opening,
        **{flow: sign * moved[flow] for flow, sign in FLOWS.items()},
        "fx_difference": closing - opening - sum(moved.values(), Fraction(0)),
        "closing_receivables": closing,
    }


def cei_monthly(levels: dict[Level, Monthly]) -> Figures:
    """What `cei_monthly` must say."""
    return _each_month(levels, _cei)


def _cei(monthly: Monthly, at: int) -> dict[str, Any]:
    opening, closing, current = monthly.receivables(at - 1), monthly.receivables(at), monthly.current(at)
    cash = monthly.cash(at)
    there = opening + monthly.sales(at) + monthly.taken_over(at)
    there_3m = monthly.receivables(max(at - 3, -1)) + monthly.sales(at, 3) + monthly.taken_over(at, 3)
    return {
        "opening_receivables": opening,
        "net_credit_sales": monthly.sales(at),
        "taken_over": monthly.taken_over(at),
        "closing_receivables": closing,
        "closing_current_receivables": current,
        "cash_received": cash,
        "cei": ratio(there - closing, there - current, 100),
        "cei_3m": ratio(there_3m - closing, there_3m - current, 100),
        "cei_cash_only": ratio(cash, there - current, 100),
        "collection_rate": ratio(cash, there),
        "collection_rate_opening": ratio(monthly.cash_applied_to_opening(at), monthly.balance(at - 1, "open_invoices")),
    }


def delinquency_monthly(levels: dict[Level, Monthly], tolerances: Tolerances = NO_TOLERANCES) -> Figures:
    """What `delinquency_monthly` must say: amounts are of all invoices, counts of those that are debts."""
    return _each_month(levels, partial(_delinquency, tolerances=tolerances))


def _delinquency(monthly: Monthly, at: int, tolerances: Tolerances) -> dict[str, Any]:
    invoices = [each for each in monthly.open_items(at) if each.item.kind == "invoice"]
    past_due = [each for each in invoices if is_debt(each.past_due, each.item, tolerances)]
    invoices = [each for each in invoices if is_debt(each.balance, each.item, tolerances)]
    accounts = {each.item.customer_id for each in invoices}
    late_accounts = {each.item.customer_id for each in past_due}
    amount, past_due_amount = monthly.balance(at, "open_invoices"), monthly.past_due(at)
    return {
        "open_invoices": amount,
        "past_due_receivables": past_due_amount,
        "open_invoice_count": len(invoices),
        "past_due_invoice_count": len(past_due),
        "open_accounts": len(accounts),
        "past_due_accounts": len(late_accounts),
        "delinquency_rate_amount": ratio(past_due_amount, amount),
        "delinquency_rate_count": ratio(Fraction(len(past_due)), Fraction(len(invoices))),
        "delinquency_rate_accounts": ratio(Fraction(len(late_accounts)), Fraction(len(accounts))),
        "serious_delinquency_rate": ratio(monthly.buckets(at, SERIOUS_BUCKETS), amount),
        **{name: monthly.buckets(at, [name]) for name in BUCKETS},
    }


def aging_monthly(ledger: Ledger) -> dict[tuple[date, str, str, str], dict[str, Decimal]]:
    """Month end x company x customer x currency, transaction currency: every pair that has an item by then."""
    rows = {}
    for month in months_of(ledger):
        items_of = defaultdict(list)
        for each in open_items(ledger, month.last):
            items_of[each.item.company_id, each.item.customer_id, each.item.currency_code].append(each)
        for key, items in items_of.items():
            invoices, credits = open_invoices(items), unapplied_credits(items)
            rows[month.calendar_end, *key] = {
                "open_invoices": invoices,
                "unapplied_credits": credits,
                "receivables": invoices + credits,
                "past_due_receivables": sum((each.past_due for each in items), Decimal(0)),
                **{name: in_bucket(items, name) for name in BUCKETS},
            }
    return rows

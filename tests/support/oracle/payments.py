"""What a forecast of payments must say, computed day by day and invoice by invoice, without bins in closed form.

Here: habits, counts, curves, weekdays and what is read off them, from invoices with the days on which they came and
went. Not here: how the ledger says when they were paid (ledger.py).
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

Bins = Sequence[tuple[int, int]]
EVERYONE = "everyone"


@dataclass(frozen=True)
class Spell:
    """An invoice: when it came, when it was due, when it went (None: it is open), and whether that was a payment."""

    invoice_id: str
    customer_id: str
    started: date
    due: date
    ended: date | None
    is_paid: bool

    def last_day_late(self, today: date) -> int:
        return ((self.ended or today) - self.due).days


def spells_in(connection: duckdb.DuckDBPyConnection) -> list[Spell]:
    """The invoices of a built warehouse, as its model of them has them."""
    columns = "invoice_id, customer_id, started_on, due_date, ended_on, is_paid"
    return [
        Spell(*row) for row in connection.execute(f"select {columns} from intermediate.int_payment_spells").fetchall()
    ]


@dataclass(frozen=True)
class Forecast:
    """Days late by whose end it is paid with 10, 50 and 90 %, and the share unpaid by the end of a day late."""

    p10: int | None
    p50: int | None
    p90: int | None
    unpaid: dict[int, float]


def forecasts(spells: Sequence[Spell], bins: Bins, today: date) -> dict[str, Forecast]:
    """The forecast of each invoice that is open."""
    by_group = group_curves(spells, bins, today)
    weights, bin_of = _weights(spells, today), _bin_of(bins)
    of_customer = {}
    for customer, curve in by_group.items():
        own = [spell for spell in spells if spell.customer_id == customer]
        of_customer[customer] = _curve(_typical(curve, bins, 20), own, weights, bins, bin_of, today)
    factors = _factors(spells, by_group, of_customer, bins, bin_of, today)
    found = {}
    for spell in spells:
        if spell.ended is None:
            factor = factors.get(spell.customer_id, factors[EVERYONE])
            found[spell.invoice_id] = _read(spell, of_customer[spell.customer_id], factor, bins, bin_of, today)
    return found


def group_curves(spells: Sequence[Spell], bins: Bins, today: date) -> dict[str, list[float]]:
    """The hazard of each bin, by customer: that of all customers with a like habit."""
    groups = _groups(spells, today)
    weights, bin_of = _weights(spells, today), _bin_of(bins)
    everyone = _curve([(0.101, 0.001)] * len(bins), spells, weights, bins, bin_of, today)
    curves = {}
    for group in set(groups.values()):
        own = [spell for spell in spells if groups[spell.customer_id] == group]
        curves[group] = _curve(_typical(everyone, bins, 30), own, weights, bins, bin_of, today)
    return {customer: curves[group] for customer, group in groups.items()}


def _weights(spells: Sequence[Spell], today: date) -> dict[Spell, float]:
    return {spell: round(1000 * 0.5 ** ((today - spell.started).days / 365)) / 1000 for spell in spells}


def _bin_of(bins: Bins) -> dict[int, int]:
    return {day: place for place, (first, last) in enumerate(bins) for day in range(first, last + 1)}


def _groups(spells: Sequence[Spell], today: date) -> dict[str, str]:
    lateness = defaultdict(list)
    for spell in spells:
        since_due = (today - spell.due).days
        if spell.is_paid or (spell.ended is None and since_due > 0):
            weight = round(1000 * 0.5 ** (since_due / 180))
            lateness[spell.customer_id].append((weight, min(max(spell.last_day_late(today), -30), 90)))
    everybody = [pair for pairs in lateness.values() for pair in pairs]
    mean = sum(w * late for w, late in everybody) / sum(w for w, _ in everybody)
    habits = {}
    for customer in {spell.customer_id for spell in spells}:
        own = lateness[customer]
        weight = sum(w for w, _ in own)
        habits[customer] = (round((sum(w * late for w, late in own) + 3000 * mean) / (weight + 3000), 4), weight)
    in_order = sorted(habits, key=lambda customer: (habits[customer][0], customer))
    total, reached, groups = sum(weight for _, weight in habits.values()), 0, {}
    for customer in in_order:
        reached += habits[customer][1]
        groups[customer] = str(math.ceil(10 * reached / total) if reached else 1)
    return groups


def _days(spell: Spell, bins: Bins, today: date) -> Iterator[int]:
    """The days late on which it is at risk; the grid's ends stand for what is earlier or later."""
    first, last = bins[0][0], bins[-1][1]
    end = spell.last_day_late(today)
    start = min((spell.started - spell.due).days, end)
    yield from range(min(max(start, first), last), min(max(end, first), last) + 1)


def _curve(
    prior: Sequence[tuple[float, float]], own: Sequence[Spell], weights, bins: Bins, bin_of, today: date
) -> list[float]:
    """The hazard of each bin: payments over days at risk, both added to what there is before: (days, payments)."""
    days, payments = [days for days, _ in prior], [paid for _, paid in prior]
    for spell in own:
        at_risk = list(_days(spell, bins, today))
        for day in at_risk:
            days[bin_of[day]] += weights[spell]
        if spell.is_paid:
            payments[bin_of[at_risk[-1]]] += weights[spell]
    return [round(min(max(paid / seen, 0.00001), 0.98), 8) for paid, seen in zip(payments, days, strict=True)]


def _typical(curve: Sequence[float], bins: Bins, invoices: int) -> list[tuple[float, float]]:
    unpaid, prior = 1.0, []
    for (first, last), hazard in zip(bins, curve, strict=True):
        days = 0.0
        for _ in range(first, last + 1):
            days += unpaid
            unpaid *= 1 - hazard
        days = max(days, 0.4 * (last + 1 - first))
        prior.append((invoices * days, invoices * days * hazard))
    return prior


def _factors(spells, curve_of_group, curve_of_customer, bins: Bins, bin_of, today: date) -> dict[str, list[float]]:
    seen, expected = defaultdict(lambda: [0] * 7), defaultdict(lambda: [0.0] * 7)
    paid_on = defaultdict(list)
    for spell in spells:
        if spell.is_paid and (today - spell.ended).days <= 364:
            paid_on[spell.customer_id].append(spell.ended.weekday())
        days = [day for day in _days(spell, bins, today) if spell.due + timedelta(day) >= today - timedelta(364)]
        for day in days:
            first, last = bins[bin_of[day]]
            if first == last:
                weekday = (spell.due + timedelta(day)).weekday()
                expected[EVERYONE][weekday] += curve_of_group[spell.customer_id][bin_of[day]]
                expected[spell.customer_id][weekday] += curve_of_customer[spell.customer_id][bin_of[day]]
                if spell.is_paid and day == days[-1]:
                    seen[EVERYONE][weekday] += 1
                    seen[spell.customer_id][weekday] += 1
    everyone = [round((seen[EVERYONE][day] + 5) / (expected[EVERYONE][day] + 5), 6) for day in range(7)]
    factors = {EVERYONE: everyone}
    for customer, days in paid_on.items():
        often = sorted((days.count(day) for day in range(7)), reverse=True)
        if len(days) >= 12 and 5 * sum(often[:2]) >= 4 * len(days):
            own, usual = seen[customer], expected[customer]
            factors[customer] = [round((own[day] + 5 * everyone[day]) / (usual[day] + 5), 6) for day in range(7)]
    return factors


def _read(spell: Spell, curve: Sequence[float], factor: Sequence[float], bins: Bins, bin_of, today: date) -> Forecast:
    left, unpaid, reached = 1.0, {}, {0.9: None, 0.5: None, 0.1: None}
    for day in range(max((today - spell.due).days + 1, bins[0][0]), bins[-1][1] + 1):
        first, last = bins[bin_of[day]]
        hazard = curve[bin_of[day]]
        if first == last:
            hazard = round(min(max(hazard * factor[(spell.due + timedelta(day)).weekday()], 0.00001), 0.98), 8)
        left *= 1 - hazard
        unpaid[day] = left
        for share in reached:
            if reached[share] is None and left <= share * (1 + 1e-9):
                reached[share] = day
    return Forecast(reached[0.9], reached[0.5], reached[0.1], unpaid)

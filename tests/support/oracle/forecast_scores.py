"""How good frozen forecasts were, scored item by item and pair by pair.

Here: the measures of items and of weekly cash, for the forecast and for its baseline. Not here: the forecasts
(payments.py, weekly_cash.py).
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.support.oracle.payments import Spell

Row = Mapping[str, Any]
# Scope, measure, tenth (0: all items): how many items, how many are to come (of a tenth None), the forecast's value,
# the baseline's (of a tenth: what was said).
Scores = dict[tuple[str, str, int], tuple[int, int | None, float | None, float | None]]


def item_scores(frozen: Iterable[Row], spells: Iterable[Spell], today: date) -> Scores:
    """Scores of the forecasts that were frozen on one day, by what is known today."""
    outcome = {(spell.invoice_id, spell.due): spell for spell in spells}
    by_scope = defaultdict(list)
    for row in frozen:
        for scope in ("portfolio", f"company:{row['company_id']}", f"segment:{row['segment']}"):
            by_scope[scope].append((row, outcome.get((row["invoice_id"], row["due_date"]))))
    scores: Scores = {}
    for scope, pairs in by_scope.items():
        paid = [(row, spell.ended) for row, spell in pairs if spell and spell.is_paid and row["expected_payment_date"]]
        errors = [(row["expected_payment_date"] - on).days for row, on in paid]
        baseline = [max(float(row["baseline_days_late"]), _late(row, row["as_of_date"]) + 1) for row, _ in paid]
        baseline = [late - _late(row, on) for late, (row, on) in zip(baseline, paid, strict=True)]
        still_open = [row for row, spell in pairs if spell and spell.ended is None]
        unpaid = sum(row["expected_payment_date"] is not None for row in still_open)
        for measure, of_error in (("mae_days", abs), ("bias_days", float), ("within_7_days", lambda e: abs(e) <= 7)):
            means = (_mean(map(of_error, of)) for of in (errors, baseline))
            scores[scope, measure, 0] = (len(paid), unpaid, *means)
        inside = [
            row["p10_date"] <= spell.ended and (row["p90_date"] is None or spell.ended <= row["p90_date"])
            for row, spell in pairs
            if spell and spell.is_paid and row["p10_date"]
        ]
        unpaid = sum(row["p10_date"] is not None for row in still_open)
        scores[scope, "coverage_p10_p90", 0] = (len(inside), unpaid, _mean(inside), None)
        for day in (0, 30):
            ends = [(row["as_of_date"], row["due_date"] + timedelta(day)) for row in still_open]
            to_come = sum(frozen_on < end and today < end for frozen_on, end in ends)
            known = [(row, was_late(row, spell, day, today)) for row, spell in pairs]
            known = [(row, late) for row, late in known if late is not None]
            scores |= {(scope, *of): score for of, score in _probabilities(known, to_come, day).items()}
    return scores


def was_late(row: Row, spell: Spell | None, day: int, today: date) -> bool | None:
    """Whether it was unpaid when a day late ended; None: decided before, not known yet, or never."""
    end = row["due_date"] + timedelta(day)
    if row["as_of_date"] >= end or spell is None:
        return None
    if spell.is_paid:
        return spell.ended > end
    seen_until = today if spell.ended is None else spell.ended - timedelta(1)
    return True if seen_until >= end else None


def calibration(frozen: Iterable[Row], spells: Iterable[Spell], today: date) -> dict[tuple[str, int, int], tuple]:
    """By scope, days late and band of the probability: how many items of any frozen day, what was said, share late."""
    outcome = {(spell.invoice_id, spell.due): spell for spell in spells}
    found = defaultdict(list)
    for row in frozen:
        for day in (0, 30):
            late = was_late(row, outcome.get((row["invoice_id"], row["due_date"])), day, today)
            if late is None or row["due_date"] + timedelta(day) > today:
                continue
            said = Decimal(repr(row[f"p_late_{day}"])).quantize(Decimal("0.000001"), ROUND_HALF_UP)
            for scope in ("portfolio", f"company:{row['company_id']}", f"segment:{row['segment']}"):
                found[scope, day, min(int(10 * said), 9) + 1].append((float(said), late))
    return {
        of: (len(items), _mean(said for said, _ in items), _mean(late for _, late in items))
        for of, items in found.items()
    }


def cash_scores(frozen: Iterable[Row], paid: Callable[[str, date, date], float], today: date) -> Scores:
    """Scores of one day's weekly forecasts; `paid`: cash of a scope from one day to another."""
    by_scope = defaultdict(list)
    for row in frozen:
        if row["last_date"] <= today:
            by_scope[row["scope"]].append((row, paid(row["scope"], row["first_date"], row["last_date"])))
    scores: Scores = {}
    for scope, weeks in by_scope.items():
        for horizon in (4, 13):
            seen = [(row, cash) for row, cash in weeks if row["week"] <= horizon]
            total = sum(cash for _, cash in seen)
            off = [
                sum(abs(float(row[column]) - cash) for row, cash in seen) / total
                if len(seen) == horizon and total
                else None
                for column in ("from_open_items", "baseline_from_open_items")
            ]
            scores[scope, f"wape_cash_{horizon}w", 0] = (len(seen), horizon - len(seen), *off)
        inside = [float(row["p10"]) <= cash <= float(row["p90"]) for row, cash in weeks]
        scores[scope, "coverage_cash", 0] = (len(inside), 13 - len(inside), _mean(inside), None)
    return scores


def _probabilities(known: Sequence[tuple[Row, bool]], to_come: int, day: int) -> dict[tuple[str, int], tuple]:
    columns = (f"p_late_{day}", f"baseline_p_late_{day}")
    brier = [_mean((row[column] - late) ** 2 for row, late in known) for column in columns]
    pairs = [_in_order([(_rounded(row[column]), late) for row, late in known]) for column in columns]
    scores: dict[tuple[str, int], tuple] = {
        (f"brier_late_{day}", 0): (len(known), to_come, *brier),
        (f"auc_late_{day}", 0): (len(known), to_come, *pairs),
    }
    said = [_rounded(row[columns[0]]) for row, _ in known]
    tenths = defaultdict(list)
    for probability, (_, late) in zip(said, known, strict=True):
        up_to_here = sum(other <= probability for other in said)
        tenths[math.ceil(10 * up_to_here / len(said))].append((probability, late))
    for tenth, items in tenths.items():
        scores[f"late_{day}_by_tenth", tenth] = (
            len(items),
            None,
            _mean(late for _, late in items),
            _mean(p for p, _ in items),
        )
    return scores


def _in_order(items: Sequence[tuple[float, bool]]) -> float | None:
    late = [probability for probability, was in items if was]
    in_time = [probability for probability, was in items if not was]
    return _mean((a > b) + (a == b) / 2 for a in late for b in in_time)


def _late(row: Row, day: date) -> int:
    return (day - row["due_date"]).days


def _rounded(probability: float) -> float:
    return float(Decimal(repr(probability)).quantize(Decimal("0.001"), ROUND_HALF_UP))


def _mean(values: Iterable[float]) -> float | None:
    values = list(values)
    return sum(values) / len(values) if values else None

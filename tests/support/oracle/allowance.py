"""What an allowance for credit losses must say, month by month and invoice by invoice.

Here: what was known when, cohorts, the share that is lost in the end (a system of equations, solved in fractions),
allowances, and what was lost afterwards. Not here: the ledger's changes themselves (ledger.py).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.support.oracle.balances import BUCKETS, bucket_of

DAYS_TO_CLOSE = 5
LOOK_BACK_MONTHS = 24
FOLLOWED_MONTHS = 12
BUCKET_IDS = tuple(bucket.removeprefix("aging_") for bucket in BUCKETS)
GONE = ("written_off", "paid", "credited")

Rate = Callable[[str, date], Fraction]
Group = tuple[str, str]
Key = tuple[date, str, str, str]


@dataclass(frozen=True)
class Event:
    """A row of the ledger, with the day its record was first recorded, or what it undoes of it."""

    item_type: str
    item_id: str
    event_type: str
    change_type: str
    company_id: str
    segment: str
    customer_id: str
    currency_code: str
    due_date: date | None
    effective_date: date
    recorded_on: date
    amount: Fraction

    def known_on(self, began: date) -> date:
        """The day it is dated; if it was recorded too late for its month, the day it was, less the days to close."""
        if self.recorded_on <= began:
            return self.effective_date
        return max(self.effective_date, self.recorded_on - timedelta(DAYS_TO_CLOSE))


@dataclass(frozen=True)
class Month:
    """Its first and last calendar day, and the last day of it that has been."""

    first: date
    last: date
    balance_date: date

    @property
    def is_complete(self) -> bool:
        return self.balance_date == self.last


@dataclass(frozen=True)
class Provision:
    """The loss rate of one customer's balances from a day on; None: the matrix holds again."""

    company_id: str
    customer_id: str
    valid_from: date
    loss_rate: Fraction | None


def allowances(
    events: Sequence[Event],
    months: Sequence[Month],
    began: date,
    rate: Rate,
    provisions: Sequence[Provision] = (),
    factor: Fraction = Fraction(1),
) -> dict[Key, dict[str, Any]]:
    """Every bucket of every group in every month from the group's first on."""
    known = [(event.known_on(began), event) for event in events]
    known = [(day, event) for day, event in known if day <= months[-1].balance_date]
    of_group: dict[Group, list[tuple[date, Event]]] = defaultdict(list)
    for day, event in known:
        of_group[event.company_id, event.segment].append((day, event))
    rows: dict[Key, dict[str, Any]] = {}
    for group, its_events in of_group.items():
        first = min(day for day, _ in its_events)
        cohorts: list[dict[str, dict[str, Fraction]]] = []
        for at, month in enumerate(months):
            cohorts.append(_cohort(its_events, month, rate) if month.is_complete else {})
            if first > month.last:
                continue
            window = cohorts[max(0, at - LOOK_BACK_MONTHS + 1) : at + 1]
            lost_in_the_end = _lost_in_the_end(_shares(window))
            for bucket in BUCKET_IDS:
                number = sum(sum(cohort.get(bucket, {}).values()) > 0 for cohort in window)
                historical = lost_in_the_end[bucket] if number else None
                rows[month.last, *group, bucket] = {
                    "cohorts": number,
                    "historical_loss_rate": historical,
                    **_standing(its_events, month, bucket, rate, provisions),
                    **_lost(its_events, month, bucket, rate),
                    "lost_after": _lost_after(its_events, months, at, bucket, rate),
                    "factor": factor,
                }
    for row in rows.values():
        row["allowance"] = _allowance(row)
    return rows


def _balances(events: Sequence[tuple[date, Event]], day: date) -> dict[tuple[Event, ...], Fraction]:
    balances: dict[Any, Fraction] = defaultdict(Fraction)
    for known_on, event in events:
        if event.item_type == "invoice" and known_on <= day:
            balances[event.item_id, event.due_date, event.currency_code, event.customer_id] += event.amount
    return balances


def _cohort(events: Sequence[tuple[date, Event]], month: Month, rate: Rate) -> dict[str, dict[str, Fraction]]:
    """By bucket at the start: what is open at the end by bucket, and what is gone, at the rate of the day before."""
    before = month.first - timedelta(1)
    moves: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for (item_id, due_date, currency, _), opening in _balances(events, before).items():
        if not opening:
            continue
        value = rate(currency, before)
        to = moves[_bucket(due_date, before)]
        left = opening
        for known_on, event in events:
            if (event.item_type, event.item_id, event.due_date) != ("invoice", item_id, due_date):
                continue
            if month.first <= known_on <= month.last:
                left += event.amount
                if event.change_type != "redated":
                    to[_state(event)] -= event.amount * value
        to[_bucket(due_date, month.balance_date)] += left * value
    return moves


def _state(event: Event) -> str:
    return event.change_type if event.change_type in ("paid", "written_off") else "credited"


def _bucket(due_date: date | None, day: date) -> str:
    return bucket_of(due_date, day).removeprefix("aging_")


def _shares(window: Sequence[Mapping[str, Mapping[str, Fraction]]]) -> dict[str, dict[str, Fraction]]:
    shares = {}
    for bucket in BUCKET_IDS:
        pooled = {
            state: max(sum((cohort.get(bucket, {}).get(state, Fraction(0)) for cohort in window), Fraction(0)), 0)
            for state in (*BUCKET_IDS, *GONE)
        }
        total = sum(pooled.values())
        shares[bucket] = {state: Fraction(amount) / total if total else Fraction(0) for state, amount in pooled.items()}
    return shares


def _lost_in_the_end(shares: Mapping[str, Mapping[str, Fraction]]) -> dict[str, Fraction]:
    """Solve lost(b) = written_off(b) + sum of share(b, c) x lost(c), over buckets from which anything is lost."""
    can_lose = {bucket for bucket in shares if shares[bucket]["written_off"]}
    while more := {b for b in shares if b not in can_lose and any(shares[b][c] for c in can_lose)}:
        can_lose |= more
    order = sorted(can_lose)
    matrix = [
        [(1 if b == c else 0) - shares[b][c] for c in order] + [Fraction(shares[b]["written_off"])] for b in order
    ]
    for at in range(len(order)):
        pivot = next(row for row in range(at, len(order)) if matrix[row][at])
        matrix[at], matrix[pivot] = matrix[pivot], matrix[at]
        matrix[at] = [cell / matrix[at][at] for cell in matrix[at]]
        for row in range(len(order)):
            if row != at and matrix[row][at]:
                matrix[row] = [a - matrix[row][at] * b for a, b in zip(matrix[row], matrix[at], strict=True)]
    solved = {bucket: row[-1] for bucket, row in zip(order, matrix, strict=True)}
    return {bucket: solved.get(bucket, Fraction(0)) for bucket in shares}


def _standing(
    events: Sequence[tuple[date, Event]], month: Month, bucket: str, rate: Rate, provisions: Sequence[Provision]
) -> dict[str, Fraction]:
    company_id = events[0][1].company_id
    gross = specific_gross = specific_allowance = Fraction(0)
    for (_, due_date, currency, customer_id), balance in _balances(events, month.balance_date).items():
        if balance and _bucket(due_date, month.balance_date) == bucket:
            value = balance * rate(currency, month.balance_date)
            gross += value
            in_force = [
                provision
                for provision in provisions
                if (provision.company_id, provision.customer_id) == (company_id, customer_id)
                and provision.valid_from <= month.last
            ]
            specific = max(in_force, key=lambda provision: provision.valid_from).loss_rate if in_force else None
            if specific is not None:
                specific_gross += value
                specific_allowance += value * specific
    return {"gross": gross, "specific_gross": specific_gross, "specific_allowance": specific_allowance}


def _lost(events: Sequence[tuple[date, Event]], month: Month, bucket: str, rate: Rate) -> dict[str, Fraction]:
    flows = {"written_off": Fraction(0), "recovered": Fraction(0)}
    for known_on, event in events:
        is_of_month = month.first <= known_on <= month.last and event.change_type == "written_off"
        if is_of_month and _bucket(event.due_date, month.balance_date) == bucket:
            value = event.amount * rate(event.currency_code, event.effective_date)
            if event.event_type == "write_off":
                flows["written_off"] -= value
            else:
                flows["recovered"] += value
    return flows


def _lost_after(
    events: Sequence[tuple[date, Event]], months: Sequence[Month], at: int, bucket: str, rate: Rate
) -> Fraction | None:
    """None while the months after aren't over."""
    after = [month for month in months[at + 1 :] if month.is_complete]
    if len(after) < FOLLOWED_MONTHS:
        return None
    issued = {event.item_id: known_on for known_on, event in events if event.change_type == "issued"}
    lost = Fraction(0)
    for known_on, event in events:
        is_loss = event.item_type == "invoice" and event.change_type == "written_off"
        was_known = issued.get(event.item_id, date.max) <= months[at].last
        is_in_time = after[0].first <= known_on <= after[FOLLOWED_MONTHS - 1].last
        if is_loss and was_known and is_in_time and _bucket(event.due_date, months[at].balance_date) == bucket:
            lost -= event.amount * rate(event.currency_code, event.effective_date)
    return lost


def _allowance(row: Mapping[str, Any]) -> Fraction | None:
    if row["gross"] <= row["specific_gross"]:
        return row["specific_allowance"]
    if row["historical_loss_rate"] is None:
        return None
    loss_rate = min(row["historical_loss_rate"] * row["factor"], Fraction(1))
    return row["specific_allowance"] + (row["gross"] - row["specific_gross"]) * loss_rate

"""How KPIs moved since the publication before, and why.

Between two publications of one month the causes of its change since the month before have moved, too: by so much each
of them moved the KPI. A month that has begun since then adds its own causes. What is left is a restatement of a month
before.

Here: the portfolio's newest months, beside those of the publication before. Not here: what a cause did since the month
before (the mart kpi_changes_monthly), which moves are large enough to be shown (refresh_sections.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.changes import CHANGES
from duebook.publication.causes import CAUSES
from duebook.publication.reader import Published

PORTFOLIO = "portfolio"
RESTATED = "months before, restated"
# What adding floating-point numbers leaves of nothing.
NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Figure:
    """A KPI in a month, or the reason why it has no value."""

    value: float | None
    reason: str | None


@dataclass(frozen=True)
class Move:
    """A KPI in two publications.

    Attributes:
        name: of the registry.
        unit: of the registry.
        now: its value in this one.
        before: in the one before; None if that has none of it.
        change: the second less the first; None where either is missing.
        causes: what each did, in words, largest first; they add up to the change. None where that isn't stored.
    """

    kpi_id: str
    name: str
    unit: str
    now: Figure
    before: Figure | None = None
    change: float | None = None
    causes: Mapping[str, float] | None = None

    @property
    def is_other(self) -> bool:
        """Whether anything of it is other than before."""
        return (self.change is None and self.now != self.before) or bool(self.change)


@dataclass(frozen=True)
class Moves:
    """The KPIs of a month, in the order of their names, and the month they are compared with, if with any."""

    month: date
    is_complete: bool
    before_month: date | None
    kpis: Sequence[Move]


def read_moves(published: Published, before: Published | None) -> list[Moves]:
    """Read the KPIs of the portfolio in the last whole month, and in the one that is running.

    Each month is compared with itself in the publication before. A whole month that this one didn't have is compared
    with its newest month: a running one would say little beside it.

    Args:
        published: a publication.
        before: the publication before, if there is one to compare with.

    Returns:
        One for each of these months that is there, the whole one first.
    """
    names = published.rows("select kpi_id, kpi_name, unit from {marts}.dim_kpis order by kpi_name, kpi_id")
    known = [month for month, _ in _months(before)] if before else []
    found = []
    for month, is_complete in reversed(_newest(published)):
        now = _figures(published, month)
        kpis = [kpi for kpi in names if kpi[0] in now]
        then = _compared_with(month, is_complete, known)
        if then is None:
            found.append(Moves(month, is_complete, None, [Move(*kpi, now[kpi[0]]) for kpi in kpis]))
            continue
        figures, why = _figures(before, then), _Why(published, before, then, month)
        moves = [_move(kpi, now[kpi[0]], figures.get(kpi[0]), why) for kpi in kpis]
        found.append(Moves(month, is_complete, then, moves))
    return found


def _compared_with(month: date, is_complete: bool, known: Sequence[date]) -> date | None:
    """Return the month of the publication before that a month is compared with; None: there is none."""
    if month in known:
        return month
    return max((one for one in known if one < month), default=None) if is_complete else None


def _months(published: Published) -> list[tuple[date, bool]]:
    return published.rows(
        "select month_end, bool_and(is_complete) from {marts}.scorecard_monthly where scope = ?"
        " group by month_end order by month_end desc",
        [PORTFOLIO],
    )


def _newest(published: Published) -> list[tuple[date, bool]]:
    """Return the newest month, and the one before that if the newest is still running."""
    months = _months(published)
    return months[:1] if months and months[0][1] else months[:2]


def _figures(published: Published, month: date) -> dict[str, Figure]:
    rows = published.rows(
        "select kpi_id, value, reason from {marts}.scorecard_monthly where scope = ? and month_end = ?",
        [PORTFOLIO, month],
    )
    return {kpi_id: Figure(value, reason) for kpi_id, value, reason in rows}


def _move(kpi: tuple[str, str, str], now: Figure, before: Figure | None, why: "_Why") -> Move:
    if before is None or now.value is None or before.value is None:
        return Move(*kpi, now, before)
    difference = now.value - before.value
    return Move(*kpi, now, before, difference, why.of(kpi[0], difference) if difference else None)


class _Why:
    """The causes of both publications, from the newest month of the one before to that of this one."""

    def __init__(self, published: Published, before: Published, first: date, last: date) -> None:
        self._first, self._last = first, last
        self._months_later = 12 * (last.year - first.year) + last.month - first.month
        self._now, self._then = _causes(published, first), _causes(before, first)

    def of(self, kpi_id: str, difference: float) -> dict[str, float] | None:
        """Return what each cause did, largest first; None where a month between has no causes."""
        now, then = self._now.get(kpi_id, {}), self._then.get(kpi_id, {})
        later = [effects for month, effects in now.items() if self._first < month <= self._last]
        is_known = self._first in now and self._first in then
        if len(later) < self._months_later or not (later or is_known):
            return None
        of_first = zip(now[self._first], then[self._first], strict=True) if is_known else ()
        moved = [one - other for one, other in of_first] or [0.0] * len(CAUSES)
        found = {
            name: moved[place] + sum(effects[place] for effects in later) for place, name in enumerate(CAUSES.values())
        }
        found[RESTATED] = difference - sum(found.values())
        kept = {name: effect for name, effect in found.items() if abs(effect) > NEGLIGIBLE * max(1, abs(difference))}
        return dict(sorted(kept.items(), key=lambda one: -abs(one[1])))


def _causes(published: Published, since: date) -> dict[str, dict[date, list[float]]]:
    """Read what each cause did, by KPI and month; only where there are causes."""
    found: dict[str, dict[date, list[float]]] = {}
    if published.has(CHANGES):
        for kpi_id, month, *effects in published.rows(
            "select kpi_id, month_end, {causes} from {marts}.{mart}"
            " where scope = ? and month_end >= ? and reason is null order by kpi_id, month_end",
            [PORTFOLIO, since],
            mart=CHANGES,
            causes=", ".join(CAUSES),
        ):
            found.setdefault(kpi_id, {})[month] = effects
    return found

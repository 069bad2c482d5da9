"""How KPIs moved since the publication before, and why.

Between two publications of one month the causes of its change since the month before have moved, too: by so much each
of them moved the KPI. A month that has begun since then adds its own causes. What is left is a restatement of a month
before.

Here: the portfolio's newest month, beside that of the publication before. Not here: what a cause did since the month
before (the mart kpi_changes_monthly), how a difference is written (refresh_page.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    """The KPIs of the newest month, in the order of their names, and the month they are compared with, if with any."""

    month: date | None
    is_complete: bool = True
    before_month: date | None = None
    kpis: Sequence[Move] = field(default_factory=tuple)


def read_moves(published: Published, before: Published | None) -> Moves:
    """Read the KPIs of the portfolio in the newest month, and what became of them since the publication before."""
    month, is_complete = _newest_month(published)
    if month is None:
        return Moves(None)
    now = _figures(published, month)
    names = published.rows("select kpi_id, kpi_name, unit from {marts}.dim_kpis order by kpi_name, kpi_id")
    before_month = _newest_month(before)[0] if before else None
    if before_month is None or before_month > month:
        return Moves(month, is_complete, None, [Move(*kpi, now[kpi[0]]) for kpi in names if kpi[0] in now])
    then = _figures(before, before_month)
    why = _Why(published, before, before_month, month)
    kpis = [_move(kpi, now[kpi[0]], then.get(kpi[0]), why) for kpi in names if kpi[0] in now]
    return Moves(month, is_complete, before_month, kpis)


def _newest_month(published: Published) -> tuple[date | None, bool]:
    rows = published.rows(
        "select month_end, bool_and(is_complete) from {marts}.scorecard_monthly where scope = ?"
        " group by month_end order by month_end desc limit 1",
        [PORTFOLIO],
    )
    return rows[0] if rows else (None, True)


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
        self._first = first
        self._months_later = 12 * (last.year - first.year) + last.month - first.month
        self._now, self._then = _causes(published, first), _causes(before, first)

    def of(self, kpi_id: str, difference: float) -> dict[str, float] | None:
        """Return what each cause did, largest first; None where a month between has no causes."""
        now, then = self._now.get(kpi_id, {}), self._then.get(kpi_id, {})
        later = [effects for month, effects in now.items() if month > self._first]
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

"""Why the KPIs changed since the month before: the causes with the largest effects.

Here: the strongest causes of `kpi_changes_monthly` along the axes. Not here: how effects are computed (dbt project).
"""

from typing import Any

from dashboard.axes import Axes, plain
from dashboard.scorecard import OF_PEOPLE, OF_RECEIVABLES
from duebook.publication.causes import CAUSES
from duebook.publication.reader import Published

CHANGES = "kpi_changes_monthly"
# Causes named of each change.
STRONGEST = 3


def read_changes(published: Published, axes: Axes) -> dict[str, Any]:
    """Read the strongest causes of each change.

    Returns:
        `causes`: their names; `strongest`: KPI to lists by group or crew and month, of (number of the cause, its effect
        in the KPI's unit) one after the other, strongest first. No KPIs where the publication doesn't explain them.
    """
    strongest: dict[str, list] = {}
    if published.has(CHANGES):
        for kpi_id in (*OF_RECEIVABLES, *OF_PEOPLE):
            rows = published.rows(
                "select company_id, segment, team, month_end, {causes} from {marts}.{mart}"
                " where kpi_id = ? and reason is null and employee_id is null",
                [kpi_id],
                mart=CHANGES,
                causes=", ".join(CAUSES),
            )
            if not rows:
                continue
            of_people = kpi_id in OF_PEOPLE
            strongest[kpi_id] = axes.along_months(
                (
                    (
                        axes.crew_of(team, None) if of_people else axes.group_of(company, segment),
                        month,
                        _strongest(effects),
                    )
                    for company, segment, team, month, *effects in rows
                ),
                axes.crews if of_people else axes.groups,
            )
    return {"causes": [*CAUSES], "strongest": strongest}


def _strongest(effects: list[float | None]) -> list[float]:
    ranked = sorted(((number, effect) for number, effect in enumerate(effects) if effect), key=lambda one: -abs(one[1]))
    return [part for number, effect in ranked[:STRONGEST] for part in (number, plain(effect))]

"""Why a KPI changed since the month before.

Here: reading its causes. Not here: computing them (the mart kpi_changes_monthly;
docs/decisions/0061-why-a-kpi-moved.md).
"""

from dataclasses import dataclass

from duebook.publication.causes import CAUSES
from duebook.publication.reader import Published
from explain.question import Question


@dataclass(frozen=True)
class Change:
    """The change since the month before and its causes, in the KPI's own unit; the causes add up to it.

    Attributes:
        previous_value: the KPI the month before.
        value_change: value less previous value; None where either is null.
        reason: why there are no causes; None where there are.
        causes: what each did.
    """

    previous_value: float | None
    value_change: float | None
    reason: str | None
    causes: dict[str, float]


def read_change(published: Published, question: Question) -> Change | None:
    """Read why the KPI changed; None if its causes are not stored."""
    rows = published.rows(
        "select previous_value, value_change, reason, {causes} from {marts}.kpi_changes_monthly"
        " where month_end = ? and scope = ? and kpi_id = ?",
        [question.month_end, question.level.scope, question.kpi.kpi_id],
        causes=", ".join(CAUSES),
    )
    if not rows:
        return None
    [(previous_value, value_change, reason, *effects)] = rows
    causes = {} if reason else dict(zip(CAUSES, effects, strict=True))
    return Change(previous_value, value_change, reason, causes)

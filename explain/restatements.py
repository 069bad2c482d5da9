"""The figure reported for a month, if today's differs.

Here: reading it. Not here: finding it, and what the kinds of causes mean (the marts kpi_restatements and
kpi_restatement_causes; docs/decisions/0063-restatements-by-comparing-ledgers.md).
"""

from dataclasses import dataclass
from datetime import datetime

from duebook.publication.reader import Published
from explain.question import Question

MART = "kpi_restatements"


@dataclass(frozen=True)
class Cause:
    """What one kind of changed events, or `other`, added to numerator and denominator."""

    kind: str
    numerator_difference: float
    denominator_difference: float


@dataclass(frozen=True)
class Restatement:
    """A reported figure that differs from today's.

    Attributes:
        reported_value: the KPI as it was frozen; None where it had no value.
        difference: today's value less that; None where either is missing.
        frozen_at: when it was frozen, UTC.
        cause: in words, with the open items that moved most.
        causes: what each kind did, the largest first.
    """

    reported_value: float | None
    difference: float | None
    frozen_at: datetime
    cause: str
    causes: list[Cause]


def read_restatement(published: Published, question: Question) -> Restatement | None:
    """Read the restatement; None if the reported figure hasn't changed, or if an older Duebook made the publication."""
    if not published.has(MART):
        return None
    figure = [question.month_end, question.level.scope, question.kpi.kpi_id]
    rows = published.rows(
        "select reported_value, difference, frozen_at, cause from {marts}.{mart}"
        " where month_end = ? and scope = ? and kpi_id = ?",
        figure,
        mart=MART,
    )
    if not rows:
        return None
    causes = published.rows(
        "select kind, numerator_difference, denominator_difference from {marts}.kpi_restatement_causes"
        " where month_end = ? and scope = ? and kpi_id = ?"
        " order by abs(numerator_difference) + abs(denominator_difference) desc, kind",
        figure,
    )
    return Restatement(*rows[0], [Cause(*cause) for cause in causes])

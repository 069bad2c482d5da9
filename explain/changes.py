"""Why a KPI changed since the month before.

Here: reading its causes. Not here: computing them (the mart kpi_changes_monthly;
docs/decisions/0061-why-a-kpi-moved.md).
"""

from dataclasses import dataclass

import duckdb

from explain.question import Question

CAUSES = {
    "new_sales": "new sales",
    "taken_over": "balances taken over",
    "collections": "collections",
    "lateness": "lateness",
    "write_offs_and_credits": "write-offs and credits",
    "currency": "currency",
    "calendar": "days in the period",
    "mix": "mix between segments",
    "staffing": "staffing",
}


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


def read_change(published: duckdb.DuckDBPyConnection, question: Question) -> Change | None:
    """Read why the KPI changed; None if its causes are not stored."""
    row = published.execute(
        f"select previous_value, value_change, reason, {', '.join(CAUSES)} from marts.kpi_changes_monthly"
        " where month_end = ? and scope = ? and kpi_id = ?",
        [question.month_end, question.level.scope, question.kpi.kpi_id],
    ).fetchone()
    if row is None:
        return None
    previous_value, value_change, reason, *effects = row
    causes = {} if reason else dict(zip(CAUSES, effects, strict=True))
    return Change(previous_value, value_change, reason, causes)

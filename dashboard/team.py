"""Who collects: calls, contacts, promises and accounts along the months, by crew.

Here: counts of `collection_effort_monthly`, `promises_monthly` and `accounts_per_employee_monthly`, and the mean beside
which accounts are drawn. Not here: their ratios, which are KPIs (scorecard.py).
"""

from typing import Any

from dashboard.axes import Axes
from duebook.publication.reader import Published

COUNTS = {
    "collection_effort_monthly": ("outbound_calls", "right_party_contacts", "promises_made", "cash_received"),
    "promises_monthly": ("promises_due", "promises_kept"),
    "accounts_per_employee_monthly": ("active_accounts", "average_fte", "headcount", "workload_mean"),
}


def read_team(published: Published, axes: Axes) -> dict[str, Any]:
    """Read the counts: column to figures by crew and month."""
    counts = {}
    for mart, columns in COUNTS.items():
        rows = published.rows(
            "select team, employee_id, month_end, {columns} from {marts}.{mart}", mart=mart, columns=", ".join(columns)
        )
        placed = [(axes.crew_of(team, employee), *rest) for team, employee, *rest in rows]
        for number, column in enumerate(columns):
            counts[column] = axes.along_months(((row[0], row[1], row[2 + number]) for row in placed), axes.crews)
    return counts

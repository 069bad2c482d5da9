"""Whom an event of a day counts for: the portfolio, an employee, and the team the employee was in that day.

Here: members of the people's marts. Not here: how many people there are (staffing.py).
"""

from datetime import date

from tests.support.oracle.landing import Facts
from tests.support.oracle.staffing import NO_TEAM, Member, is_valid

PORTFOLIO: Member = ("portfolio", None, None)


def team_on(facts: Facts, employee_id: str, day: date) -> list[Member]:
    """The employee's team on the day; none when no period of theirs holds it."""
    rows = [row for row in facts["employees"] if row["employee_id"] == employee_id and is_valid(row, day)]
    if not rows:
        return []
    return [("team", max(rows, key=lambda row: row["valid_from"])["team"] or NO_TEAM, None)]


def members_on(facts: Facts, employee_id: str | None, day: date) -> list[Member]:
    """Where something an employee did on the day counts; what nobody did counts for the portfolio alone."""
    if employee_id is None:
        return [PORTFOLIO]
    return [PORTFOLIO, *team_on(facts, employee_id, day), ("employee", None, employee_id)]


def assigned_to(facts: Facts, customer_id: str, day: date) -> str | None:
    """Who looks after the customer on the day: of several the last to begin, then the smallest id."""
    rows = [row for row in facts["assignments"] if row["customer_id"] == customer_id and is_valid(row, day)]
    if not rows:
        return None
    latest = max(row["valid_from"] for row in rows)
    return min(row["employee_id"] for row in rows if row["valid_from"] == latest)

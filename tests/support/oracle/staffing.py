"""Who works on credit and collections, and how many active accounts each looks after, month by month.

Here: what `accounts_per_employee_monthly` must say. Not here: receivables.
"""

from collections.abc import Collection
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.support.oracle.daily import days_between
from tests.support.oracle.landing import Facts
from tests.support.oracle.ledger import SALES, Ledger
from tests.support.oracle.monthly import months_of, ratio

ACTIVE_WINDOW_DAYS = 365
NO_TEAM = "unassigned"

Member = tuple[str, str | None, str | None]


def active_customers(facts: Facts, day: date) -> set[str]:
    """Customers with a credit sale of more than nothing, not voided by then, in the window that ends on the day."""
    since = day - timedelta(days=ACTIVE_WINDOW_DAYS)
    return {
        row["customer_id"]
        for row in facts["invoices"]
        if row["invoice_type"] in SALES
        and row["is_credit_sale"]
        and row["amount"] > 0
        and since < row["invoice_date"] <= day
        and (row["voided_date"] is None or row["voided_date"] > day)
    }


def is_valid(row: dict[str, Any], day: date) -> bool:
    """Whether the row's period holds the day, its last day included."""
    return row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])


def members_of(row: dict[str, Any]) -> list[Member]:
    """The rows of the mart an employee's period counts in."""
    team = row["team"] or NO_TEAM
    return [("portfolio", None, None), ("team", team, None), ("employee", None, row["employee_id"])]


def accounts_per_employee_monthly(
    facts: Facts, ledger: Ledger, roles: Collection[str]
) -> dict[tuple[date, str, str | None, str | None], dict[str, Any]]:
    """Every month, for the portfolio and for each team and employee with a day on staff in the month."""
    staff = [row for row in facts["employees"] if row["role"] in roles]
    rows = {}
    for month in months_of(ledger):
        active = active_customers(facts, month.last)
        on_staff = [(day, row) for day in days_between(month.first, month.last) for row in staff if is_valid(row, day)]
        members: set[Member] = {("portfolio", None, None)}
        for _, row in on_staff:
            members |= set(members_of(row))
        for member in members:
            fte = [row["fte"] * row["process_share"] for _, row in on_staff if member in members_of(row)]
            average_fte = Fraction(sum(fte)) / month.days
            at_end = {row["employee_id"] for day, row in on_staff if day == month.last and member in members_of(row)}
            accounts_of = {
                employee: {
                    row["customer_id"]
                    for row in facts["assignments"]
                    if row["employee_id"] == employee and row["customer_id"] in active and is_valid(row, month.last)
                }
                for employee in at_end
            }
            accounts = len(active) if member[0] == "portfolio" else len(set().union(*accounts_of.values()))
            loads = [len(each) for each in accounts_of.values()]
            spread = member[0] != "employee" and any(loads)
            rows[month.calendar_end, *member] = {
                "active_accounts": accounts,
                "average_fte": average_fte,
                "headcount": len(at_end),
                "accounts_per_employee": ratio(Fraction(accounts), average_fte),
                "accounts_per_head": ratio(Fraction(accounts), Fraction(len(at_end))),
                "workload_max_to_mean": Fraction(max(loads) * len(loads), sum(loads)) if spread else None,
                "workload_gini": gini(loads) if spread else None,
                "is_complete": month.is_complete,
            }
    return rows


def gini(loads: list[int]) -> Fraction:
    """Mean difference between any two loads, as a share of twice their mean."""
    differences = sum(abs(one - other) for one in loads for other in loads)
    return Fraction(differences, 2 * len(loads) * sum(loads))

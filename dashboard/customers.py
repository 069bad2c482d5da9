"""Who owes: the largest customers, the risk tiers, and whom to contact first, on the as-of day.

Here: figures of `customer_risk`, `customers_by_risk_tier` and `collections_worklist`. Not here: KPIs of concentration
(scorecard.py).
"""

from typing import Any

from dashboard.axes import plain
from duebook.publication.reader import Published

# The largest customers kept, of all and of each segment.
LARGEST = 15
# Rows of the worklist kept, from the top; the mart has them all.
WORKLIST_ROWS = 500
# What the worklist expects of its customers; one of an older Duebook has none of it.
EXPECTED = ("expected_loss", "expected_late_money", "early_warning", "why_expected")


def expected_of(published: Published) -> str:
    """Return a select list: what is expected of the customers of the worklist, nulls where an older Duebook made it.

    `expected_rank` is null without a forecast, too: there is nothing to rank by.
    """
    if not published.has("collections_worklist", *EXPECTED, "expected_priority"):
        return ", ".join(f"null as {column}" for column in (*EXPECTED, "expected_rank"))
    return (
        ", ".join(f"worklist.{column}" for column in EXPECTED)
        + ", case when coalesce(worklist.expected_loss, worklist.expected_late_money) is not null"
        " then worklist.expected_priority end as expected_rank"
    )


def read_largest(published: Published) -> list[dict[str, Any]]:
    """Read the customers who owe most, of all and of each segment, largest first; amounts in the reporting currency."""
    return _plain(
        published.records(
            """
            select customer_id as id, coalesce(customer_name, customer_id) as name, risk.segment, receivables,
                past_due_receivables as past_due, risk_tier as tier
            from {marts}.customer_risk as risk
            left join {marts}.dim_customers using (customer_id)
            where receivables > 0
            qualify
                row_number() over (order by receivables desc, customer_id) <= $1
                or row_number() over (partition by risk.segment order by receivables desc, customer_id) <= $1
            order by receivables desc, customer_id
            """,
            [LARGEST],
        )
    )


def read_tiers(published: Published) -> list[dict[str, Any]]:
    """Read customers, receivables and past-due money by tier, lowest risk first; without a segment: of all segments."""
    return _plain(
        published.records(
            """
            select
                risk_tier as tier, segment, customers, receivables, past_due_receivables as past_due,
                loss_probability as loss, share_of_past_due, is_higher_risk
            from {marts}.customers_by_risk_tier
            order by position, segment nulls first
            """
        )
    )


def read_worklist(published: Published) -> dict[str, Any]:
    """Read the top of the worklist by what is expected to be lost, without a forecast by priority, and its rows."""
    [(rows, past_due)] = published.rows("select count(*), sum(past_due_receivables) from {marts}.collections_worklist")
    return {
        "rows": rows,
        "past_due": plain(past_due),
        "top": _plain(
            published.records(
                """
                select
                    priority, customer_id as id, coalesce(customer_name, customer_id) as name, worklist.segment,
                    employees.team, owner_employee_id as owner, worklist.risk_tier as tier, money_at_risk,
                    worklist.past_due_receivables as past_due, worklist.oldest_past_due_days as oldest,
                    last_contact_date as last_contact, last_contact_outcome as outcome,
                    next_promise_date as next_promise, next_promise_amount as promised, why,
                    risk.warning_reasons as warnings, {expected}
                from {marts}.collections_worklist as worklist
                left join {marts}.dim_customers using (customer_id)
                left join {marts}.customer_risk as risk using (customer_id)
                left join {marts}.dim_employees as employees on worklist.owner_employee_id = employees.employee_id
                order by expected_rank nulls last, priority
                limit ?
                """,
                [WORKLIST_ROWS],
                expected=expected_of(published),
            )
        ),
    }


def _plain(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: plain(value) for name, value in record.items()} for record in records]

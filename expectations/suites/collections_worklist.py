"""What only the worklist is held to: a ranking without gaps, of debts that are past due on the day."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, is_of_the_day, stays_in_range
from expectations.validation import rule

KEY = ("customer_id",)


def suite(hand_over: HandOver) -> list[Expectation]:
    """Who comes first has most at risk; nobody is called who owes nothing past due."""
    return [
        is_of_the_day("collections_worklist", hand_over.as_of),
        rule(
            "expect_a_ranking_by_money_at_risk",
            "the priority does not follow the one before, or more is at risk than there",
            """
            with followed as (
                select
                    customer_id, priority, money_at_risk,
                    lag(priority) over (order by priority) as priority_before,
                    lag(money_at_risk) over (order by priority) as at_risk_before
                from collections_worklist
            )
            select * from followed
            where priority <> coalesce(priority_before, 0) + 1 or money_at_risk > at_risk_before
            """,
            "priority",
        ),
        stays_in_range("collections_worklist", "oldest_past_due_days", 1, None, KEY),
        stays_in_range("collections_worklist", "money_at_risk", 0, None, KEY),
    ]

"""What only groups of customers are held to: every customer is in one group at the top."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver
from expectations.validation import rule

KEY = ("group_customer_id", "customer_id")


def suite(_: HandOver) -> list[Expectation]:
    """A customer in no group at the top would be missing from what groups owe, one in two of them be there twice."""
    return [
        rule(
            "expect_one_top_group_a_customer",
            "the customer is in no group at the top, or in more than one",
            "select customer_id from dim_customers left join customer_group_members using (customer_id)"
            " group by customer_id having count(*) filter (where is_top) <> 1",
            "customer_id",
            noun="customer",
        ),
    ]

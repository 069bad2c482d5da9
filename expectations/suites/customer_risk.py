"""What only customers' risk is held to: everybody is in it, as of the day, and balances are balances."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, adds_up, gives_a_reason, is_of_the_day, stays_in_range
from expectations.validation import rule

KEY = ("customer_id",)
REASONS = {
    "days_late_3m": "reason_3m",
    "days_late_12m": "reason_12m",
    "share_paid_late": "reason_12m",
    "share_of_receivables": "reason_share",
}


def suite(hand_over: HandOver) -> list[Expectation]:
    """Every customer has its row; a probability is one."""
    return [
        rule(
            "expect_every_customer",
            "the customer has no row",
            "select customer_id from dim_customers where customer_id not in (select customer_id from customer_risk)",
            "customer_id",
            noun="customer",
        ),
        is_of_the_day("customer_risk", hand_over.as_of),
        adds_up("customer_risk", ("open_invoices", "unapplied_credits"), "receivables", KEY),
        stays_in_range("customer_risk", "credit_utilisation", 0, None, KEY, unless="open_invoices < 0"),
        stays_in_range("customer_risk", "loss_probability", 0, 1, KEY),
        gives_a_reason("customer_risk", REASONS, KEY),
    ]

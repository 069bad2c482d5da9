"""What only the curves of customers' habits are held to: shares that are paid are some."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, stays_in_range

KEY = ("customer_id", "days_late")


def suite(hand_over: HandOver) -> list[Expectation]:
    """What is paid, of the customer and of its group, is between none and all."""
    mart = "habit_curves"
    return [stays_in_range(mart, "share_paid", 0, 1, KEY), stays_in_range(mart, "share_paid_of_group", 0, 1, KEY)]

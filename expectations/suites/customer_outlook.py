"""What only the outlook of customers is held to: it is of the as-of day, and nothing expected is below zero."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, is_of_the_day, stays_in_range

KEY = ("customer_id",)


def suite(hand_over: HandOver) -> list[Expectation]:
    """Every row is seen on the as-of day; losses and late money are below zero only where balances are."""
    return [
        is_of_the_day("customer_outlook", hand_over.as_of),
        stays_in_range("customer_outlook", "expected_late_money", 0, None, KEY, unless="open_invoices < 0"),
        stays_in_range("customer_outlook", "expected_loss", 0, None, KEY, unless="open_invoices < 0"),
    ]

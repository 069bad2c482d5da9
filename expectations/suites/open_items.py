"""What only the open items are held to: they are of the as-of day, and none is late before it is due."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, is_of_the_day, stays_in_range

KEY = ("item_type", "item_id")


def suite(hand_over: HandOver) -> list[Expectation]:
    """Every item is seen on the as-of day; days past due, which credits don't have, are not negative."""
    return [
        is_of_the_day("open_items", hand_over.as_of),
        stays_in_range("open_items", "days_past_due", 0, None, KEY),
    ]

"""What only the weekly cash forecast is held to: it is of the as-of day, and has thirteen weeks."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, is_of_the_day, stays_in_range

KEY = ("week", "scope")


def suite(hand_over: HandOver) -> list[Expectation]:
    """Every row is seen on the as-of day; what has no expected cash says why."""
    mart = "cash_forecast_weekly"
    return [
        is_of_the_day(mart, hand_over.as_of),
        stays_in_range(mart, "week", 1, 13, KEY),
        stays_in_range(mart, "p10", 0, None, KEY),
        gives_a_reason(mart, {"from_open_items": "reason", "from_billings_to_come": "reason"}, KEY),
    ]

"""What only the forecast of payments is held to: it is of the as-of day, and its probabilities are some."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, is_of_the_day, stays_in_range

KEY = ("invoice_id", "part")


def suite(hand_over: HandOver) -> list[Expectation]:
    """Every row is seen on the as-of day; what has no expected date says why."""
    return [
        is_of_the_day("payment_forecast", hand_over.as_of),
        stays_in_range("payment_forecast", "p_late_0", 0, 1, KEY),
        stays_in_range("payment_forecast", "p_late_90", 0, 1, KEY),
        gives_a_reason("payment_forecast", {"expected_days_late": "reason"}, KEY),
    ]

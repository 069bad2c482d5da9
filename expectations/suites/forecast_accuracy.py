"""What only the scores of forecasts are held to: each is of something, or says why it isn't there."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, stays_in_range

KEY = ("as_of_date", "scope", "measure", "tenth")


def suite(hand_over: HandOver) -> list[Expectation]:
    """No score is of fewer than no items; what has none says why."""
    mart = "forecast_accuracy"
    return [stays_in_range(mart, "n", 0, None, KEY), gives_a_reason(mart, {"value": "reason"}, KEY)]

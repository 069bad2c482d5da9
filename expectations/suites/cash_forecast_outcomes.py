"""What only the outcomes of weekly cash forecasts are held to: they are of one of thirteen weeks."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, stays_in_range

KEY = ("as_of_date", "week", "scope")


def suite(hand_over: HandOver) -> list[Expectation]:
    """Every row is of a week that was forecast, and no interval begins below zero."""
    mart = "cash_forecast_outcomes"
    return [stays_in_range(mart, "week", 1, 13, KEY), stays_in_range(mart, "p10", 0, None, KEY)]

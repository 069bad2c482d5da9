"""What only the calibration of forecasts is held to: shares and probabilities are some."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, stays_in_range

KEY = ("scope", "late_by", "band")


def suite(hand_over: HandOver) -> list[Expectation]:
    """What was said and what came true are between none and all."""
    mart = "forecast_calibration"
    return [stays_in_range(mart, "said", 0, 1, KEY), stays_in_range(mart, "share_late", 0, 1, KEY)]

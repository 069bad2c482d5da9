"""What only the frozen weekly cash forecasts are held to: none is ever lost."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, keeps_every_row

KEY = ("as_of_date", "week", "scope")


def suite(hand_over: HandOver) -> list[Expectation]:
    """Every forecast frozen before is there."""
    return keeps_every_row("frozen_cash_forecasts", hand_over)

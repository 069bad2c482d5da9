"""What only the monthly figures of forecasts are held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, stays_in_range

KEY = ("month_end", "scope")
REASONS = {
    "expected_cash_30d": "reason",
    "cash_at_risk_share": "reason_share",
    "forecast_error": "reason_error",
}


def suite(_: HandOver) -> list[Expectation]:
    """A share is negative only where what is at risk is, an error never."""
    mart = "forecasts_monthly"
    return [
        stays_in_range(mart, "cash_at_risk_share", 0, None, KEY, unless="cash_at_risk_30d < 0"),
        stays_in_range(mart, "forecast_error", 0, None, KEY),
        gives_a_reason(mart, REASONS, KEY),
    ]

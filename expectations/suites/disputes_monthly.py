"""What only disputes are held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, stays_in_range

KEY = ("month_end", "scope")
REASONS = {
    "dispute_rate": "reason",
    "dispute_days": "reason_days",
    "days_deductions_outstanding": "reason_outstanding",
}


def suite(_: HandOver) -> list[Expectation]:
    """Amounts in dispute and days are not negative."""
    mart = "disputes_monthly"
    return [
        *(stays_in_range(mart, kpi, 0, None, KEY) for kpi in REASONS),
        gives_a_reason(mart, REASONS, KEY),
    ]

"""What only service quality is held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, stays_in_range

KEY = ("month_end", "scope")
REASONS = {
    "first_call_resolution": "reason_call",
    "first_contact_resolution": "reason_contact",
    "csat": "reason",
    "survey_response_rate": "reason_response",
}


def suite(_: HandOver) -> list[Expectation]:
    """All are shares."""
    mart = "service_quality_monthly"
    return [
        *(stays_in_range(mart, kpi, 0, 1, KEY) for kpi in REASONS),
        gives_a_reason(mart, REASONS, KEY),
    ]

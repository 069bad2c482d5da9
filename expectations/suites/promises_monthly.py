"""What only promises to pay are held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, stays_in_range

KEY = ("month_end", "scope")
REASONS = {"promise_kept_rate": "reason", "promise_kept_rate_amount": "reason_amount"}


def suite(_: HandOver) -> list[Expectation]:
    """Rates are shares: no more is kept than was promised."""
    mart = "promises_monthly"
    return [
        *(stays_in_range(mart, kpi, 0, 1, KEY) for kpi in REASONS),
        gives_a_reason(mart, REASONS, KEY),
    ]

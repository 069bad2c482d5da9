"""What only calls and what came of them are held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, stays_in_range

KEY = ("month_end", "scope")
REASONS = {"call_to_promise_ratio": "reason_promises", "right_party_contact_rate": "reason"}


def suite(_: HandOver) -> list[Expectation]:
    """Calls that reached the right party are a share of all; promises come without a call, too."""
    mart = "collection_effort_monthly"
    return [
        stays_in_range(mart, "call_to_promise_ratio", 0, None, KEY),
        stays_in_range(mart, "right_party_contact_rate", 0, 1, KEY),
        gives_a_reason(mart, REASONS, KEY),
    ]

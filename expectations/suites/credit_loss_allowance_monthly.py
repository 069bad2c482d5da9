"""What only the allowance for credit losses is held to: rates are shares, and what isn't known has a reason."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, stays_in_range

KEY = ("month_end", "company_id", "segment", "bucket_id")


def suite(_: HandOver) -> list[Expectation]:
    """No allowance is below zero but that of a bucket in credit; it and the test of it say why they are missing."""
    mart = "credit_loss_allowance_monthly"
    return [
        stays_in_range(mart, "historical_loss_rate", 0, 1, KEY),
        stays_in_range(mart, "loss_rate", 0, 1, KEY),
        stays_in_range(mart, "allowance", 0, None, KEY, unless="gross < 0 or specific_gross < 0"),
        gives_a_reason(mart, {"allowance": "reason", "lost_after": "reason_lost_after"}, KEY),
    ]

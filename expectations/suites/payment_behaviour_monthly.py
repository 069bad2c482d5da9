"""What only payment behaviour is held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, stays_in_range

KEY = ("month_end", "scope")
REASONS = {
    "average_days_to_pay": "reason",
    "average_days_late": "reason_days_late",
    "average_collection_cycle": "reason_cycle",
    "mean_days_late_per_invoice": "reason_days_late_per_invoice",
}


def suite(_: HandOver) -> list[Expectation]:
    """No invoice is paid before it is issued; the means by amount can be anything where more is undone than applied."""
    mart = "payment_behaviour_monthly"
    return [
        stays_in_range(mart, "average_collection_cycle", 0, None, KEY),
        gives_a_reason(mart, REASONS, KEY),
    ]

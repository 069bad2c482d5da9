"""What only delinquency is held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import BUCKETS, PAST_DUE_BUCKETS, HandOver, adds_up, gives_a_reason, stays_in_range

KEY = ("month_end", "scope")
REASONS = {
    "delinquency_rate_amount": "reason",
    "serious_delinquency_rate": "reason",
    "delinquency_rate_count": "reason_count",
    "delinquency_rate_accounts": "reason_count",
}


def suite(_: HandOver) -> list[Expectation]:
    """Rates are shares. By amount they leave 0 to 1 only where a bucket is in credit: an invoice credited too much."""
    in_credit = " or ".join(f"{bucket} < 0" for bucket in BUCKETS)
    return [
        adds_up("delinquency_monthly", BUCKETS, "open_invoices", KEY),
        adds_up("delinquency_monthly", PAST_DUE_BUCKETS, "past_due_receivables", KEY),
        stays_in_range("delinquency_monthly", "delinquency_rate_amount", 0, 1, KEY, unless=in_credit),
        stays_in_range("delinquency_monthly", "serious_delinquency_rate", 0, 1, KEY, unless=in_credit),
        stays_in_range("delinquency_monthly", "delinquency_rate_count", 0, 1, KEY),
        stays_in_range("delinquency_monthly", "delinquency_rate_accounts", 0, 1, KEY),
        gives_a_reason("delinquency_monthly", REASONS, KEY),
    ]

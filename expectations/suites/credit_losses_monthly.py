"""What only losses, recoveries, costs and concentration are held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, stays_in_range

KEY = ("month_end", "scope")
REASONS = {
    "write_off_rate": "reason",
    "bad_debt_to_sales": "reason_to_sales",
    "recovery_rate": "reason_recovery",
    "write_off_recovery_rate": "reason_write_off_recovery",
    "cost_to_collect": "reason_cost",
    "top_10_share": "reason_concentration",
    "concentration_index": "reason_concentration",
}


def suite(_: HandOver) -> list[Expectation]:
    """Rates are negative only where what they are made of is: more taken back than there was in the month."""
    mart = "credit_losses_monthly"
    return [
        stays_in_range(mart, "write_off_rate", 0, None, KEY, unless="written_off < 0"),
        stays_in_range(mart, "recovery_rate", 0, None, KEY, unless="cash_applied_to_past_due < 0"),
        stays_in_range(mart, "write_off_recovery_rate", 0, None, KEY, unless="recovered_12m < 0"),
        stays_in_range(mart, "cost_to_collect", 0, None, KEY, unless="process_cost < 0"),
        stays_in_range(mart, "top_10_share", 0, 1, KEY),
        stays_in_range(mart, "concentration_index", 0, 1, KEY),
        gives_a_reason(mart, REASONS, KEY),
    ]

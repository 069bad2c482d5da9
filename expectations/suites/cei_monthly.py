"""What only the collection effectiveness index is held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, stays_in_range

KEY = ("month_end", "scope")
REASONS = {
    "cei": "reason",
    "cei_cash_only": "reason_cash_only",
    "cei_3m": "reason_3m",
    "collection_rate": "reason_collection_rate",
    "collection_rate_opening": "reason_collection_rate_opening",
}


def suite(_: HandOver) -> list[Expectation]:
    """The index is a percentage, but where what is past due is in credit, or balances rose by more than came in."""
    in_credit = "closing_receivables < closing_current_receivables"
    beyond = f"{in_credit} or closing_receivables > opening_receivables + net_credit_sales + taken_over"
    inflow_3m = "net_credit_sales_3m + taken_over_3m"
    beyond_3m = f"{in_credit} or closing_receivables > opening_receivables_3m + {inflow_3m}"
    return [
        stays_in_range("cei_monthly", "cei", 0, 100, KEY, unless=beyond),
        stays_in_range("cei_monthly", "cei_3m", 0, 100, KEY, unless=beyond_3m),
        stays_in_range("cei_monthly", "cei_cash_only", 0, None, KEY, unless="cash_received < 0"),
        stays_in_range("cei_monthly", "collection_rate", 0, None, KEY, unless="cash_received < 0"),
        gives_a_reason("cei_monthly", REASONS, KEY),
    ]

"""What only accounts per employee are held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, stays_in_range

KEY = ("month_end", "scope")
REASONS = {"accounts_per_employee": "reason", "accounts_per_head": "reason_per_head"}


def suite(_: HandOver) -> list[Expectation]:
    """Nothing is negative; the spread of the workload is within what its measures can be."""
    mart = "accounts_per_employee_monthly"
    return [
        stays_in_range(mart, "average_fte", 0, None, KEY),
        stays_in_range(mart, "accounts_per_employee", 0, None, KEY),
        stays_in_range(mart, "accounts_per_head", 0, None, KEY),
        stays_in_range(mart, "workload_max_to_mean", 1, None, KEY),
        stays_in_range(mart, "workload_gini", 0, 1, KEY),
        gives_a_reason(mart, REASONS, KEY),
    ]

"""What only days sales outstanding are held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, adds_up, gives_a_reason, stays_in_range

KEY = ("month_end", "scope")
REASONS = {
    "dso": "reason",
    "dso_average": "reason",
    "dso_gross": "reason",
    "best_possible_dso": "reason",
    "average_days_delinquent": "reason",
    "dso_3m": "reason_3m",
    "dso_12m": "reason_12m",
    "dso_countback": "reason_countback",
}


def suite(_: HandOver) -> list[Expectation]:
    """Days are not negative, but where more was paid than is owed; a missing value has its reason."""
    in_credit = "receivables < 0"
    return [
        adds_up("dso_monthly", ("current_receivables", "past_due_receivables"), "receivables", KEY),
        stays_in_range("dso_monthly", "days", 1, 31, KEY),
        stays_in_range("dso_monthly", "dso", 0, None, KEY, unless=in_credit),
        stays_in_range("dso_monthly", "dso_3m", 0, None, KEY, unless=in_credit),
        stays_in_range("dso_monthly", "dso_12m", 0, None, KEY, unless=in_credit),
        stays_in_range("dso_monthly", "dso_countback", 0, None, KEY),
        gives_a_reason("dso_monthly", REASONS, KEY),
    ]

"""What only the reported figures are held to: none is ever lost."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason, keeps_every_row

KEY = ("month_end", "scope", "kpi_id")


def suite(hand_over: HandOver) -> list[Expectation]:
    """Every figure reported before is there, and says why where it has no value."""
    mart = "reported_kpis_monthly"
    return [*keeps_every_row(mart, hand_over), gives_a_reason(mart, {"value": "reason"}, KEY)]

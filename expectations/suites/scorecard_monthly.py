"""What only the scorecard is held to."""

from great_expectations.expectations import Expectation

from expectations.hand_overs import HandOver, gives_a_reason
from expectations.validation import rule

KEY = ("month_end", "scope", "kpi_id")


def suite(_: HandOver) -> list[Expectation]:
    """Every value is a number or has its reason, and belongs to a registered KPI."""
    return [
        rule(
            "expect_finite_values",
            "the value is no finite number: something was divided by nothing",
            f"select {', '.join(KEY)}, value from scorecard_monthly where isnan(value) or isinf(value)",
            "value",
        ),
        rule(
            "expect_registered_kpis",
            "the KPI is not in dim_kpis",
            'select kpi_id, count(*) as "rows" from scorecard_monthly'
            " where kpi_id is null or kpi_id not in (select kpi_id from dim_kpis) group by kpi_id",
            "kpi_id",
            noun="KPI",
        ),
        gives_a_reason("scorecard_monthly", {"value": "reason"}, KEY),
    ]

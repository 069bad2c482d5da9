"""What only landed activities are held to: every outcome means something."""

from great_expectations.expectations import Expectation

from duebook.contract import Table
from expectations.arrivals import Arrival, values_in_reference


def suite(table: Table, arrival: Arrival) -> list[Expectation]:
    """Every outcome is mapped: an unmapped one would silently count as no contact and no promise."""
    return [
        values_in_reference(
            "expect_outcomes_to_be_mapped",
            table,
            "outcome",
            arrival.outcomes.values,
            f"the outcome is not in {arrival.outcomes.file}: add a row that says what it means"
            " (`duebook check-landing` names a row of each)",
            arrival,
        )
    ]

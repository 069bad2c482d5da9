"""Which suite each table is held to, at each of the two gates.

Not here: what the suites say (arrivals.py, hand_overs.py, suites/).
"""

from collections.abc import Set

from great_expectations.expectations import Expectation

from expectations.arrivals import Arrival, columns_as_agreed, expectations_of
from expectations.suites import activities, invoices
from orchestration.defs.ingestion.contract import Contract

ARRIVALS = {"activities": activities.suite, "invoices": invoices.suite}


def arrival_suites(contract: Contract, arrival: Arrival, landed: Set[str]) -> dict[str, list[Expectation]]:
    """Put together what landed tables are held to.

    Args:
        contract: the raw contract.
        arrival: what the expectations depend on besides the contract.
        landed: the tables that have rows; of the others only the columns are looked at.

    Returns:
        Expectations by table, every table of the contract.
    """
    suites = {}
    for table in contract.tables:
        suite = expectations_of(table, contract, arrival) if table.name in landed else [columns_as_agreed(table)]
        specific = ARRIVALS.get(table.name)
        suites[table.name] = suite + (specific(table, arrival) if specific else [])
    return suites

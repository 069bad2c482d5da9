"""The failed checks that a person accepts for one run: `<expectation>:<table>`, separated by commas.

Here: reading this list, and refusing checks that no gate has. Not here: which run the list is for (orchestration).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from duebook.contract import read_contract
from duebook.reference import Codes
from duebook.spelling import answer
from expectations.arrivals import Arrival
from expectations.gates import arrival_suites, hand_over_suites
from expectations.hand_overs import HandOver
from expectations.validation import BLOCKING, TABLE_EXISTS, CheckResult, name_of, severity_of

ANY_DAY = date(2000, 1, 1)
NO_CODES = Codes(frozenset(), "")
LISTED = "expectations/README.md lists the checks of each gate"


class NothingToAcceptError(ValueError):
    """No gate has this check of this table; the message suggests the name that was probably meant, if any."""


@dataclass(frozen=True)
class Accepted:
    """Accepted checks, which stop nothing in this run: pairs of expectation and table."""

    pairs: frozenset[tuple[str, str]] = frozenset()

    def marked(self, result: CheckResult) -> CheckResult:
        """Return the result, marked as accepted if it would stop a gate and is one of these pairs."""
        stops = not result.success and result.severity == BLOCKING
        return replace(result, accepted=stops and (result.expectation, result.table_name) in self.pairs)


NOTHING = Accepted()


def read_accepted(text: str | None) -> Accepted:
    """Read a list of what is accepted.

    Args:
        text: `<expectation>:<table>`, separated by commas; None or empty: nothing is accepted.

    Raises:
        NothingToAcceptError: a name is unknown, or the table has no such check.
    """
    entries = [entry.strip() for entry in (text or "").split(",") if entry.strip()]
    return Accepted(frozenset(_pair(entry) for entry in entries))


def _pair(entry: str) -> tuple[str, str]:
    expectation, _, table = (part.strip() for part in entry.partition(":"))
    blocking = blocking_expectations()
    every = frozenset().union(*blocking.values())
    if expectation not in every:
        raise NothingToAcceptError(answer(repr(expectation), sorted(every), "expectation of a gate", LISTED))
    if not table:
        held = min(name for name, asked in blocking.items() if expectation in asked)
        raise NothingToAcceptError(f"it names no table: add one, such as {expectation}:{held}; {LISTED}.")
    if table not in blocking:
        raise NothingToAcceptError(answer(repr(table), sorted(blocking), "table of a gate", LISTED))
    if expectation not in blocking[table]:
        raise NothingToAcceptError(f"{table} has no check {expectation}: {LISTED}.")
    return expectation, table


@cache
def blocking_expectations() -> Mapping[str, frozenset[str]]:
    """Return the expectations that can stop a gate, by table of the contract and by mart."""
    contract = read_contract()
    # Includes those that are checked only sometimes (without a reporting currency, or after a publication).
    arrival = Arrival(ANY_DAY, 0, 0, None, NO_CODES, NO_CODES)
    suites = arrival_suites(contract, arrival, {table.name for table in contract.tables})
    marts = hand_over_suites(HandOver(ANY_DAY, dict.fromkeys(hand_over_suites(HandOver(ANY_DAY)), 1)))
    return {
        table: frozenset({TABLE_EXISTS} | {name_of(one) for one in suite if severity_of(one) == BLOCKING})
        for table, suite in {**suites, **marts}.items()
    }

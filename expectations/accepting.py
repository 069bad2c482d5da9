"""What a person lets pass at a gate, for one run: `<expectation>:<table>`, commas between.

Here: reading such a list, and refusing what no gate asks. Not here: who may say so, and for which run (orchestration).
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
LISTED = "expectations/README.md lists what each gate asks of which table"


class NothingToAcceptError(ValueError):
    """No gate is stopped by such an expectation of such a table; a sentence, with what was meant where one is alike."""


@dataclass(frozen=True)
class Accepted:
    """Expectations that stop nothing in this run: pairs of expectation and table."""

    pairs: frozenset[tuple[str, str]] = frozenset()

    def marked(self, result: CheckResult) -> CheckResult:
        """The result, marked as accepted where it would stop a gate and is among these."""
        stops = not result.success and result.severity == BLOCKING
        return replace(result, accepted=stops and (result.expectation, result.table_name) in self.pairs)


NOTHING = Accepted()


def read_accepted(text: str | None) -> Accepted:
    """Read a list of what is accepted.

    Args:
        text: `<expectation>:<table>`, commas between; None or empty: nothing is.

    Raises:
        NothingToAcceptError: a name is unknown, or the table isn't held to that.
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
        raise NothingToAcceptError(f"it names no table: write which, such as {expectation}:{held}; {LISTED}.")
    if table not in blocking:
        raise NothingToAcceptError(answer(repr(table), sorted(blocking), "table of a gate", LISTED))
    if expectation not in blocking[table]:
        raise NothingToAcceptError(f"{table} is not held to {expectation}: {LISTED}.")
    return expectation, table


@cache
def blocking_expectations() -> Mapping[str, frozenset[str]]:
    """Name what can stop a gate, by table of the contract and by mart."""
    contract = read_contract()
    # Those that are asked only sometimes (without a reporting currency, over a publication) are among them.
    arrival = Arrival(ANY_DAY, 0, 0, None, NO_CODES, NO_CODES)
    suites = arrival_suites(contract, arrival, {table.name for table in contract.tables})
    marts = hand_over_suites(HandOver(ANY_DAY, dict.fromkeys(hand_over_suites(HandOver(ANY_DAY)), 1)))
    return {
        table: frozenset({TABLE_EXISTS} | {name_of(one) for one in suite if severity_of(one) == BLOCKING})
        for table, suite in {**suites, **marts}.items()
    }

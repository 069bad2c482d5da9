"""What a person lets pass at a gate, for one run: `<expectation>:<table>`, commas between.

Here: reading such a list, and refusing what no gate asks. Not here: who may say so, and for which run (orchestration).
"""

import difflib
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from expectations.arrivals import Arrival
from expectations.gates import arrival_suites, hand_over_suites
from expectations.hand_overs import HandOver
from expectations.validation import BLOCKING, TABLE_EXISTS, CheckResult, name_of, severity_of
from orchestration.defs.ingestion.contract import read_contract

ANY_DAY = date(2000, 1, 1)


class NothingToAcceptError(ValueError):
    """No gate is stopped by such an expectation of such a table; the message says what was meant, perhaps."""


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
        raise NothingToAcceptError(f"no gate asks {expectation!r}{_meant(expectation, every)}")
    if table not in blocking:
        raise NothingToAcceptError(f"no gate looks at a table {table!r}{_meant(table, blocking.keys())}")
    if expectation not in blocking[table]:
        raise NothingToAcceptError(
            f"{table} is not held to {expectation}; it is to {', '.join(sorted(blocking[table]))}"
        )
    return expectation, table


@cache
def blocking_expectations() -> Mapping[str, frozenset[str]]:
    """Name what can stop a gate, by table of the contract and by mart."""
    contract = read_contract()
    # Those that are asked only sometimes (without a reporting currency, over a publication) are among them.
    arrival = Arrival(ANY_DAY, 0, 0, None, frozenset(), frozenset())
    suites = arrival_suites(contract, arrival, {table.name for table in contract.tables})
    marts = hand_over_suites(HandOver(ANY_DAY, dict.fromkeys(hand_over_suites(HandOver(ANY_DAY)), 1)))
    return {
        table: frozenset({TABLE_EXISTS} | {name_of(one) for one in suite if severity_of(one) == BLOCKING})
        for table, suite in {**suites, **marts}.items()
    }


def _meant(word: str, known: Set[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; expected one of {', '.join(sorted(known))}"

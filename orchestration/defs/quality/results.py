"""Results of the gates: kept in `raw.check_results` of the landing file, and said in one message.

Not here: what is checked (expectations/), the log of refreshes (publication/log.py).
"""

from collections.abc import Sequence

from expectations.validation import CheckResult
from orchestration.defs.publication.log import append
from orchestration.settings import Settings

CHECK_RESULTS = "check_results"
STOPS_THE_GATE = "critical"


class GateFailed(RuntimeError):
    """A gate is closed: the message says which expectations of which tables are not met, with counts and examples."""


def keep(settings: Settings, results: Sequence[CheckResult]) -> None:
    """Append results to `raw.check_results`."""
    append(settings.landed_file, CHECK_RESULTS, results)


def failures(results: Sequence[CheckResult]) -> list[CheckResult]:
    """Pick the results that close the gate."""
    return [result for result in results if not result.success and result.severity == STOPS_THE_GATE]


def refuse_failures(gate: str, results: Sequence[CheckResult]) -> None:
    """Pass only what is as expected.

    Raises:
        GateFailed: something is not.
    """
    failed = failures(results)
    if failed:
        head = f"Gate {gate}: {len(failed)} of {len(results)} checks failed."
        raise GateFailed("\n  ".join([head, *(result.message for result in failed)]))

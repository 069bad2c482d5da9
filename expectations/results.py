"""Results of the gates: stored in `raw.check_results` of the landing file, and reported in one message.

Not here: what is checked (expectations/), the log of refreshes (duebook/refresh_log.py).
"""

import shlex
from collections.abc import Sequence

from duebook.refresh_log import append
from duebook.settings import Settings
from expectations.validation import BLOCKING, CheckResult

CHECK_RESULTS = "check_results"


class GateFailed(RuntimeError):
    """A gate stopped the refresh; the message names the tables and expectations not met, with counts and examples."""


def keep(settings: Settings, results: Sequence[CheckResult]) -> None:
    """Append results to `raw.check_results`."""
    append(settings.landed_file, CHECK_RESULTS, results)


def failures(results: Sequence[CheckResult]) -> list[CheckResult]:
    """Return the results that stop the gate."""
    return [one for one in results if not one.success and one.severity == BLOCKING and not one.accepted]


def warning_lines(results: Sequence[CheckResult]) -> list[str]:
    """Return a line for each expectation that isn't met but doesn't stop the gate: accepted, or only a warning."""
    return [
        f"{'accepted for this run' if one.accepted else one.severity}: {one.as_of_date}: {one.message}"
        for one in results
        if not one.success and (one.accepted or one.severity != BLOCKING)
    ]


def how_to_accept(failed: Sequence[CheckResult], settings: Settings) -> str:
    """Return a sentence with the command that accepts the failed checks for one run; it repeats this run's settings."""
    day = failed[-1].as_of_date
    named = [*(settings.accept or "").split(","), *(f"{result.expectation}:{result.table_name}" for result in failed)]
    given = settings.given | {"ACCEPT": ",".join(dict.fromkeys(filter(None, map(str.strip, named))))}
    if day != settings.as_of:
        given["AS_OF"] = str(day)
    command = " ".join(["make refresh", *(f"{name}={shlex.quote(value)}" for name, value in given.items())])
    return f"If the data are right, accept this for one run (it is logged): {command}"


def refuse_failures(gate: str, results: Sequence[CheckResult], settings: Settings) -> None:
    """Raise an error if a check failed.

    Args:
        gate: the gate's name and the day, for the message.
        results: the results of its checks.
        settings: the refresh's settings, for the command that accepts the failed checks.

    Raises:
        GateFailed: a check failed, and nobody accepted it.
    """
    failed = failures(results)
    if failed:
        head = f"Gate {gate}: {len(failed)} of {len(results)} checks failed."
        raise GateFailed("\n  ".join([head, *(result.message for result in failed), how_to_accept(failed, settings)]))

"""Results of the gates: kept in `raw.check_results` of the landing file, and said in one message.

Not here: what is checked (expectations/), the log of refreshes (duebook/refresh_log.py).
"""

import shlex
from collections.abc import Sequence

from duebook.refresh_log import append
from duebook.settings import Settings
from expectations.validation import BLOCKING, CheckResult

CHECK_RESULTS = "check_results"


class GateFailed(RuntimeError):
    """A gate is closed: the message says which expectations of which tables are not met, with counts and examples."""


def keep(settings: Settings, results: Sequence[CheckResult]) -> None:
    """Append results to `raw.check_results`."""
    append(settings.landed_file, CHECK_RESULTS, results)


def failures(results: Sequence[CheckResult]) -> list[CheckResult]:
    """Pick the results that close the gate."""
    return [one for one in results if not one.success and one.severity == BLOCKING and not one.accepted]


def told(results: Sequence[CheckResult]) -> list[str]:
    """Say what is not as expected and closes no gate all the same: accepted for this run, or only a warning."""
    return [
        f"{'accepted for this run' if one.accepted else one.severity}: {one.as_of_date}: {one.message}"
        for one in results
        if not one.success and (one.accepted or one.severity != BLOCKING)
    ]


def way_out(failed: Sequence[CheckResult], settings: Settings) -> str:
    """Say how a person lets what failed pass, for one run: the whole command, with all that was given to this one."""
    day = failed[-1].as_of_date
    named = [*(settings.accept or "").split(","), *(f"{result.expectation}:{result.table_name}" for result in failed)]
    given = settings.given | {"ACCEPT": ",".join(dict.fromkeys(filter(None, map(str.strip, named))))}
    if day != settings.as_of:
        given["AS_OF"] = str(day)
    command = " ".join(["make refresh", *(f"{name}={shlex.quote(value)}" for name, value in given.items())])
    return f"If it is right all the same, this lets it pass in one run, on record: {command}"


def refuse_failures(gate: str, results: Sequence[CheckResult], settings: Settings) -> None:
    """Pass only what is as expected.

    Args:
        gate: which gate, and of which day.
        results: what was seen at it.
        settings: the refresh's settings: what to call to let it pass all the same.

    Raises:
        GateFailed: something is not.
    """
    failed = failures(results)
    if failed:
        head = f"Gate {gate}: {len(failed)} of {len(results)} checks failed."
        raise GateFailed("\n  ".join([head, *(result.message for result in failed), way_out(failed, settings)]))

"""What Dagster knows of a run: when it started, and why a step failed, past Dagster's wrapping of it.

Here: names of its tags and steps, too. Not here: the days of a run under way (partitions.py), what is written down of
one, who is told.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg

# The tags that say which day, or which days, a run is for.
DAY, FIRST_DAY, LAST_DAY = (
    "dagster/partition",
    "dagster/asset_partition_range_start",
    "dagster/asset_partition_range_end",
)
# The step after which readers see the new publication.
PUBLISHING = "publish"
# Dagster's own wrapping of what went wrong inside a step: the cause says it better.
WRAPPERS = {"DagsterExecutionStepExecutionError", "DagsterResourceFunctionError", "RetryRequested"}


def started_at(instance: dg.DagsterInstance, run_id: str) -> datetime:
    """Return when a run started, UTC without zone, as the landing file keeps times."""
    return datetime.fromtimestamp(instance.get_run_stats(run_id).start_time, UTC).replace(tzinfo=None)


def step_failure(event: dg.DagsterEvent) -> str:
    """Say why a step failed: what it gave as its reason, or the kind and message of the error, without its stack."""
    if given := event.step_failure_data.user_failure_data:
        return given.description or given.label
    errors = list(errors_of(event))
    error = next((error for error in errors if error.cls_name not in WRAPPERS), errors[-1])
    return f"{error.cls_name}: {error.message.removeprefix(f'{error.cls_name}: ').strip()}"


def errors_of(event: dg.DagsterEvent) -> Iterator[Any]:
    """The error a step failed with, and what each comes from."""
    error = event.step_failure_data.error
    while error:
        yield error
        error = error.cause

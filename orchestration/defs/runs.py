"""Facts about a run, read from Dagster: when it started, how long its steps took, and why one failed.

Here: the names of tags and steps, too, and errors without those that Dagster wraps around them. Not here: the days of
a running run (partitions.py), the log of refreshes, alerts.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from duebook.landing.load_errors import what_to_do

# The tags that say which day, or which days, a run is for.
DAY, FIRST_DAY, LAST_DAY = (
    "dagster/partition",
    "dagster/asset_partition_range_start",
    "dagster/asset_partition_range_end",
)
# What of Dagster's started a run, where no person did.
STARTERS = {"dagster/schedule_name": "schedule", "dagster/sensor_name": "sensor"}
# The step that builds the marts, and the one after which readers see the new publication.
BUILDING = "transform"
PUBLISHING = "publish"
# Errors that Dagster wraps around the error of a step: their cause has the better message.
WRAPPERS = {"DagsterExecutionStepExecutionError", "DagsterResourceFunctionError", "RetryRequested"}


def started_at(instance: dg.DagsterInstance, run_id: str) -> datetime:
    """Return when a run started, UTC without zone, as the landing file keeps times."""
    return datetime.fromtimestamp(instance.get_run_stats(run_id).start_time, UTC).replace(tzinfo=None)


def started_by(run: dg.DagsterRun) -> str:
    """Return what started a run, as the audit log names it: the schedule, the sensor, or else `refresh`.

    Args:
        run: the run; of one started in the UI nothing more is known.
    """
    found = [f"{what} {run.tags[tag]}" for tag, what in STARTERS.items() if tag in run.tags]
    return found[0] if found else "refresh"


def steps_of(instance: dg.DagsterInstance, run_id: str) -> dict[str, float]:
    """Return the seconds of each step of a run that has ended, in their order."""
    kinds = {dg.DagsterEventType.STEP_START, dg.DagsterEventType.STEP_SUCCESS}
    began: dict[str, float] = {}
    took: dict[str, float] = {}
    for record in instance.get_records_for_run(run_id, of_type=kinds).records:
        event, at = record.event_log_entry.get_dagster_event(), record.event_log_entry.timestamp
        if event.event_type == dg.DagsterEventType.STEP_START:
            began[event.step_key] = at
        else:
            took[event.step_key] = at - began[event.step_key]
    return took


def step_failure(event: dg.DagsterEvent) -> str:
    """Return why a step failed: the reason it raised, or the type and message of its error, without stack trace.

    If rights, the disk or the memory were in the way, a last line says what to do.
    """
    said = _said(event)
    to_do = what_to_do(said)
    return f"{said}\n{to_do}." if to_do else said


def _said(event: dg.DagsterEvent) -> str:
    if reason := event.step_failure_data.user_failure_data:
        return reason.description or reason.label
    errors = list(errors_of(event))
    error = next((error for error in errors if error.cls_name not in WRAPPERS), errors[-1])
    return f"{error.cls_name}: {error.message.removeprefix(f'{error.cls_name}: ').strip()}"


def errors_of(event: dg.DagsterEvent) -> Iterator[Any]:
    """Yield the error a step failed with, then its cause, the cause of that, and so on."""
    error = event.step_failure_data.error
    while error:
        yield error
        error = error.cause

"""Dagster's resource for the home's lock: the right to write in the home.

Not here: the lock itself (duebook/home.py), the steps that need it.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster import DagsterRunStatus, RunsFilter

from duebook.home import WAIT_SECONDS, only_writer
from duebook.settings import Settings

NO_LONGER_RUNNING = "The run was killed: its process no longer holds the home's lock."


# The parameter by which a step asks for the home's lock; the value has no methods to call.
OnlyWriter = dg.ResourceParam[Any]


def only_writer_of(settings: Settings) -> dg.ResourceDefinition:
    """The home's lock, held until the run ends. Every step that writes in the home asks for it."""

    @dg.resource(description="The right to write in the home.")
    def held(context: dg.InitResourceContext) -> Iterator[None]:
        with only_writer(settings, WAIT_SECONDS, context.log.info):
            # Dagster still lists killed runs as running.
            if context.instance and context.run:
                close_dead_runs(context.instance, context.run.run_id)
            yield None

    return held


def close_dead_runs(instance: dg.DagsterInstance, alive: str) -> None:
    """Mark runs that were killed as failed and free their place in the pools; call only while holding the lock.

    Args:
        instance: Dagster's instance of this home.
        alive: id of the run that holds the lock.
    """
    under_way = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]
    for record in instance.get_run_records(filters=RunsFilter(statuses=under_way)):
        run = record.dagster_run
        if run.run_id != alive:
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            instance.report_run_failed(run, NO_LONGER_RUNNING)

"""What runs share: dbt, and the right to write in the home.

Not here: what they are used for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import dagster as dg
from dagster import DagsterRunStatus, RunsFilter

from orchestration.defs.transformation.project import dbt_resource
from orchestration.home import only_writer
from orchestration.settings import get_settings

# A scheduled run that meets a refresh somebody started by hand waits for it this long.
WAIT_SECONDS = 3600
NO_LONGER_RUNNING = "Ended without a word: its process is gone, for it no longer holds the home's lock."


class OnlyWriter(dg.ConfigurableResource):
    """The home's lock, held as long as the run lasts. Every asset that writes in the home asks for it."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Self]:
        """Hold the lock; then what killed runs left behind in Dagster's books is no longer true: close it."""
        with only_writer(get_settings(), WAIT_SECONDS, context.log.info):
            if context.instance and context.run:
                close_dead_runs(context.instance, context.run.run_id)
            yield self


def close_dead_runs(instance: dg.DagsterInstance, alive: str) -> None:
    """Mark runs that were killed as failed and free their place in the pools; call only while holding the lock.

    Args:
        instance: Dagster's instance of this home.
        alive: id of the run that holds the lock.
    """
    under_way = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]
    for run in instance.get_runs(filters=RunsFilter(statuses=under_way)):
        if run.run_id != alive:
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            instance.report_run_failed(run, NO_LONGER_RUNNING)


@dg.definitions
def resources() -> dg.Definitions:
    """Resources by the name assets ask for them."""
    return dg.Definitions(resources={"dbt": dbt_resource(), "only_writer": OnlyWriter()})

"""Refreshes that fail, written down where those that publish are.

Here: a hook of the job, so that it holds for a person's refresh and for a scheduled one. Not here: the record
(duebook/refresh_log.py), how a failure reads to a person (cli/refresh/reasons.py).
"""

import dagster as dg

from duebook.refresh_log import add_detail, begin_refresh, end_refresh, is_over
from duebook.settings import Settings
from orchestration.defs.partitions import days_between
from orchestration.defs.runs import DAY, FIRST_DAY, LAST_DAY, started_at

# What comes after the file: its failure leaves a refresh published.
AFTER_PUBLISHING = {"postgres"}


def log_of_failed(settings: Settings) -> dg.HookDefinition:
    """The hook of a job that writes its failures down."""

    @dg.failure_hook(name="log_failed_refresh")
    def log_failed_refresh(context: dg.HookContext) -> None:
        """Log the run as failed for each of its business days, with the step that failed and why.

        A refresh that was published stays so, with what failed after it; of a run of several days those that were
        published before it failed stay so, too.
        """
        run = context.instance.get_run_by_id(context.run_id)
        one_day = run.tags.get(DAY, settings.as_of.isoformat())
        for day in days_between(run.tags.get(FIRST_DAY, one_day), run.tags.get(LAST_DAY, one_day)):
            refresh_id, detail = f"{context.run_id}:{day}", f"{context.op.name}: {context.op_exception}"
            if context.op.name in AFTER_PUBLISHING:
                add_detail(settings, refresh_id, detail)
            elif not is_over(settings, refresh_id):
                refresh = begin_refresh(settings, day, refresh_id, started_at(context.instance, context.run_id))
                end_refresh(settings, refresh, "failed", detail=detail)

    return log_failed_refresh

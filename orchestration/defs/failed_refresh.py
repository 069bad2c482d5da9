"""Logs refreshes that fail, in the same table as those that publish.

Here: a hook of the job, so that it works for refreshes started by a person and by the schedule. Not here: the table
(duebook/refresh_log.py), the message a person sees (cli/refresh/reasons.py).
"""

import dagster as dg

from duebook.refresh_log import add_detail, begin_refresh, end_refresh, is_over
from duebook.settings import Settings
from orchestration.defs.partitions import days_between
from orchestration.defs.runs import DAY, FIRST_DAY, LAST_DAY, started_at

# Steps after the published file: if one fails, the refresh still counts as published.
AFTER_PUBLISHING = {"postgres"}


def log_of_failed(settings: Settings) -> dg.HookDefinition:
    """The hook of a job that logs its failures."""

    @dg.failure_hook(name="log_failed_refresh")
    def log_failed_refresh(context: dg.HookContext) -> None:
        """Log the run as failed for each of its business days, with the step that failed and why.

        A refresh that was published stays `published`; the step that failed after it is added to its detail. In a run
        of several days, the days published before the failure stay `published`, too.
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

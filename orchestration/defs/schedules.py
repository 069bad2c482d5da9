"""The schedule: a refresh at a fixed time.

Not here: refreshes because files arrived (sensors.py).
"""

from datetime import date, datetime, timedelta

import dagster as dg

from duebook.settings import Settings
from orchestration.defs.jobs import DAILY_REFRESH


def morning_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """The schedule of the refresh for yesterday, every morning at 06:00."""

    @dg.schedule(job_name=DAILY_REFRESH, cron_schedule="0 6 * * *", execution_timezone=settings.schedule_time_zone)
    def every_morning(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        """Refresh for yesterday, every morning at 06:00."""
        day = closed_day(context.scheduled_execution_time, settings)
        return dg.RunRequest(partition_key=day.isoformat())

    return every_morning


def closed_day(now: datetime, settings: Settings) -> date:
    """Return the last business day that is over at a moment, in the schedule's time zone."""
    return now.astimezone(settings.local_zone).date() - timedelta(days=1)

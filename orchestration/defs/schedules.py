"""When the refresh runs by the clock.

Not here: runs because files arrived (sensors.py).
"""

from datetime import date, datetime, timedelta

import dagster as dg

from orchestration.defs.jobs import daily_refresh
from orchestration.settings import get_settings


@dg.schedule(
    job=daily_refresh,
    cron_schedule="0 6 * * *",
    execution_timezone=get_settings().schedule_time_zone,
)
def every_morning(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Yesterday's books are closed: refresh for yesterday, every morning at 06:00."""
    return dg.RunRequest(partition_key=closed_day(context.scheduled_execution_time).isoformat())


def closed_day(now: datetime) -> date:
    """Return the last business day that is over at a moment, in the schedule's time zone."""
    return now.astimezone(get_settings().local_zone).date() - timedelta(days=1)

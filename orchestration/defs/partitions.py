"""The business days everything is partitioned by.

Here: the one partitions definition, and which days a run is for. Not here: what a day means to the marts (dbt's
``as_of_date``), where a day's files stand (publication's targets).
"""

from datetime import date, timedelta

import dagster as dg

from orchestration.settings import get_settings

# `end_offset=1`: today counts as a business day too, for whoever closes the books the same evening, and for the 06:00
# schedule in time zones ahead of UTC, whose yesterday is still today in UTC.
business_days = dg.DailyPartitionsDefinition(start_date=get_settings().first_day.isoformat(), end_offset=1)

# A backfill over many days is one run: the landing is read once, then each day is built after the other.
single_run = dg.BackfillPolicy.single_run()


def days_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> list[date]:
    """Name the business days this run is for, oldest first.

    A run without a partition (someone materialized a few assets by hand, without choosing a day) is for the as-of day
    of the settings.
    """
    if not context.has_partition_key_range and not context.has_partition_key:
        return [get_settings().as_of]
    span = context.partition_key_range
    return days_between(span.start, span.end)


def days_between(start: str, end: str) -> list[date]:
    """Name the days from one to another, both included (`YYYY-MM-DD`, as partition keys are)."""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]

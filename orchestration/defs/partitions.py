"""The business days everything is partitioned by.

Here: the one partitions definition, and which days a run is for. Not here: what a day means to the marts (dbt's
``as_of_date``), where a day's files stand (publication's targets).
"""

from datetime import date, timedelta
from typing import Any

import dagster as dg

from duebook.settings import Settings


def business_days(settings: Settings) -> dg.DailyPartitionsDefinition:
    """The days a run may be for, a partition each."""
    # `end_offset=1`: today counts as a business day too, for whoever closes the books the same evening, and for the
    # 06:00 schedule in time zones ahead of UTC, whose yesterday is still today in UTC.
    return dg.DailyPartitionsDefinition(start_date=settings.first_day.isoformat(), end_offset=1)


def by_day(settings: Settings) -> dict[str, Any]:
    """What every step that writes in the home says of itself: a partition a day, and one writer at a time.

    A backfill over many days is one run: the landing is read once, then each day is built after the other.
    """
    return {
        "partitions_def": business_days(settings),
        "backfill_policy": dg.BackfillPolicy.single_run(),
        "pool": "duckdb",
    }


def days_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, settings: Settings) -> list[date]:
    """Name the business days this run is for, oldest first.

    A run without a partition (someone materialized a few assets by hand, without choosing a day) is for the as-of day
    of the settings.
    """
    if not context.has_partition_key_range and not context.has_partition_key:
        return [settings.as_of]
    span = context.partition_key_range
    return days_between(span.start, span.end)


def days_between(start: str, end: str) -> list[date]:
    """Name the days from one to another, both included (`YYYY-MM-DD`, as partition keys are)."""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]

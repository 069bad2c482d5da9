"""The business days by which all assets are partitioned.

Here: the one partitions definition, and which days a run is for. Not here: what a day means to the marts (dbt's
``as_of_date``), where a day's files are (publication's targets).
"""

from datetime import date, timedelta
from typing import Any

import dagster as dg

from duebook.settings import Settings


def business_days(settings: Settings) -> dg.DailyPartitionsDefinition:
    """The days a run may be for, as partitions."""
    # `end_offset=1`: today is a partition, too: for users who close the books the same evening, and for the 06:00
    # schedule in time zones ahead of UTC, whose yesterday is still today in UTC.
    return dg.DailyPartitionsDefinition(start_date=settings.first_day.isoformat(), end_offset=1)


def by_day(settings: Settings) -> dict[str, Any]:
    """Options of every step that writes in the home: a partition for each day, and one writer at a time.

    A backfill of many days is one run: the landing is read once, then the days are built one after the other.
    """
    return {
        "partitions_def": business_days(settings),
        "backfill_policy": dg.BackfillPolicy.single_run(),
        "pool": "duckdb",
    }


def days_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, settings: Settings) -> list[date]:
    """Return the business days this run is for, oldest first.

    A run without a partition (someone materialized a few assets by hand, without choosing a day) is for the as-of day
    of the settings.
    """
    if not context.has_partition_key_range and not context.has_partition_key:
        return [settings.as_of]
    span = context.partition_key_range
    return days_between(span.start, span.end)


def days_between(start: str, end: str) -> list[date]:
    """Return the days from one to another, both included (`YYYY-MM-DD`, as partition keys are)."""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]

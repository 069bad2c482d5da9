"""What Dagster knows of a run. Not here: which days it is for (partitions.py), what is written down of it."""

from datetime import UTC, datetime

import dagster as dg


def started_at(instance: dg.DagsterInstance, run_id: str) -> datetime:
    """Return when a run started, UTC without zone, as the landing file keeps times."""
    return datetime.fromtimestamp(instance.get_run_stats(run_id).start_time, UTC).replace(tzinfo=None)

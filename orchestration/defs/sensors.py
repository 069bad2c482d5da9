"""The sensor: a refresh because files arrived.

Not here: refreshes at a fixed time (schedules.py).
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from duebook.settings import Settings
from orchestration.defs.jobs import DAILY_REFRESH
from orchestration.defs.schedules import closed_day


def arrivals_sensor(settings: Settings) -> dg.SensorDefinition:
    """The sensor that requests a refresh when files have arrived."""

    @dg.sensor(job_name=DAILY_REFRESH, minimum_interval_seconds=60)
    def new_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        """Refresh for the last complete day, when landed files have changed, and not again between two checks."""
        before = json.loads(context.cursor) if context.cursor else {"seen": None, "asked_for": None}
        seen = fingerprint(settings.landing)
        if seen == before["asked_for"]:
            return dg.SkipReason("No file was added, removed or changed since the last requested refresh.")
        if seen != before["seen"]:
            # Somebody may still be copying files: request the refresh only if nothing changes until the next check.
            context.update_cursor(json.dumps({**before, "seen": seen}))
            return dg.SkipReason("Files are arriving; waiting until they no longer change.")
        day = closed_day(datetime.now(UTC), settings).isoformat()
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=f"{day} {seen}", partition_key=day)],
            cursor=json.dumps({"seen": seen, "asked_for": seen}),
        )

    return new_files


def fingerprint(landing: Path) -> str:
    """Return a hash of the names, sizes and times of the landed files; their content isn't read."""
    facts = [
        (path.relative_to(landing).as_posix(), stat.st_size, stat.st_mtime_ns)
        for path in sorted(landing.glob("*/*/*"))
        if path.is_file()
        for stat in (path.stat(),)
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

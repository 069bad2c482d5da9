"""When the refresh runs because something happened.

Not here: the clock (schedules.py).
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
    """What asks for a refresh because files arrived."""

    @dg.sensor(job_name=DAILY_REFRESH, minimum_interval_seconds=60)
    def new_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        """Files arrived in the landing and have stood still for one look: refresh for the last day that is over."""
        before = json.loads(context.cursor) if context.cursor else {"seen": None, "asked_for": None}
        seen = fingerprint(settings.landing)
        if seen == before["asked_for"]:
            return dg.SkipReason("No file came, went or changed since the last refresh that was asked for.")
        if seen != before["seen"]:
            # Perhaps someone is still copying: look again before asking.
            context.update_cursor(json.dumps({**before, "seen": seen}))
            return dg.SkipReason("Files are arriving; waiting until they stand still.")
        day = closed_day(datetime.now(UTC), settings).isoformat()
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=f"{day} {seen}", partition_key=day)],
            cursor=json.dumps({"seen": seen, "asked_for": seen}),
        )

    return new_files


def fingerprint(landing: Path) -> str:
    """Sum up names, sizes and times of the landed files; the content isn't read."""
    facts = [
        (path.relative_to(landing).as_posix(), stat.st_size, stat.st_mtime_ns)
        for path in sorted(landing.glob("*/*/*"))
        if path.is_file()
        for stat in (path.stat(),)
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

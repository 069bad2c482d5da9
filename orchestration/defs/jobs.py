"""Dagster's jobs.

Here: which assets run together. Not here: when (schedules.py, sensors.py) and for which day (partitions.py).
"""

from typing import Any

import dagster as dg

from duebook.settings import Settings
from orchestration.defs.failed_refresh import log_of_failed

DAILY_REFRESH = "daily_refresh"


def refresh_job(settings: Settings) -> Any:
    """The daily refresh: everything, for one business day."""
    return dg.define_asset_job(
        DAILY_REFRESH,
        selection=dg.AssetSelection.all(),
        hooks={log_of_failed(settings)},
        description="From landed files to published, checked marts, for one business day.",
    )

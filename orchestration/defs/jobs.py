"""The jobs.

Here: which assets run together. Not here: when (schedules.py, sensors.py) and for which day (partitions.py).
"""

import dagster as dg

from orchestration.defs.publication.failed import log_failed_refresh

daily_refresh = dg.define_asset_job(
    "daily_refresh",
    selection=dg.AssetSelection.all(),
    hooks={log_failed_refresh},
    description="From landed files to published, checked marts, for one business day.",
)

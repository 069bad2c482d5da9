"""When things run and on what; no business rule.

Importing the package switches the telemetry of every tool off, before any of them is imported and for every process
they start.
"""

import os

os.environ.update(
    DAGSTER_DISABLE_TELEMETRY="yes",
    DBT_SEND_ANONYMOUS_USAGE_STATS="false",
    DO_NOT_TRACK="1",
    GX_ANALYTICS_ENABLED="false",
    RUNTIME__DLTHUB_TELEMETRY="false",
)

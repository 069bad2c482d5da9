"""Switches off the telemetry of all tools. Not here: what the tools are used for."""

import os

SWITCHES = {
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
}


def switch_telemetry_off() -> None:
    """Switch it off for this process and every process it starts; call this before any of the tools is imported."""
    os.environ.update(SWITCHES)

"""Where Dagster looks for the definitions; what stands in them is put together in build.py."""

import dagster as dg

from duebook.settings import Settings
from duebook.telemetry import switch_telemetry_off


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions, for the settings in the environment of whoever loads them."""
    switch_telemetry_off()
    # Imported here: what it imports reads the switches.
    from orchestration.build import build_defs

    return build_defs(Settings())

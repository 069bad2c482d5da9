"""The module Dagster loads the definitions from. Not here: what is in them (build.py)."""

import dagster as dg

from duebook.settings import Settings
from duebook.telemetry import switch_telemetry_off


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions, for the settings in the environment of whoever loads them."""
    switch_telemetry_off()
    # Imported here, because the imported libraries read the telemetry switches at once.
    from orchestration.build import build_defs

    return build_defs(Settings())

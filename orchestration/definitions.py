"""All definitions: whatever stands in `defs/`, run one step after the other in one process.

In one process, because a DuckDB file has one writer, and because each further process costs seconds of imports.
"""

from pathlib import Path

import dagster as dg

from orchestration.run_history import write_without_waiting

write_without_waiting()


@dg.definitions
def defs() -> dg.Definitions:
    """Load `defs/`."""
    return dg.Definitions.merge(
        dg.load_from_defs_folder(path_within_project=Path(__file__).parent),
        dg.Definitions(executor=dg.in_process_executor),
    )

"""One refresh, measured as a user calls it.

Here: running the command and reading how many rows it loaded. Not here: what a refresh does, how its stages are told
apart (stages.py).
"""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.stages import dbt_account, stages_of
from benchmarks.watching import watch
from benchmarks.workplace import ROOT, Workplace, landed_of, refresh_command


def measured_refresh(place: Workplace, home: Path, landing: Path, as_of: date, name: str) -> dict[str, Any]:
    """Refresh a home and say what it took.

    Args:
        place: where the benchmark works.
        home: the home.
        landing: the landing.
        as_of: the business day.
        name: what to call its log.

    Returns:
        Figures of the whole, `stages` in order, `dbt`, and the rows it loaded and quarantined.
    """
    watched = watch(refresh_command(landing, home, as_of), place.environment(), place.logs / f"{name}.log", ROOT)
    return watched.figures() | {
        "as_of": as_of.isoformat(),
        "stages": stages_of(watched),
        "dbt": dbt_account(home),
        **_rows_of_last_refresh(home),
    }


def _rows_of_last_refresh(home: Path) -> dict[str, int]:
    with duckdb.connect(landed_of(home), read_only=True) as landed:
        [(rows, quarantined)] = landed.execute(
            "select landed_rows, quarantined_rows from raw.refreshes order by started_at desc limit 1"
        ).fetchall()
    return {"landed_rows": rows, "quarantined_rows": quarantined}

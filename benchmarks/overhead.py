"""The fixed part of a refresh: one with nothing new, on the embedded sample, and where its seconds go.

Here: calling it, and asking Python what its imports take. Not here: refreshes of any size (refreshing.py).
"""

import re
import shutil
from collections import defaultdict
from typing import Any

from benchmarks.refreshing import measured_refresh
from benchmarks.watched import Watched
from benchmarks.watching import watch
from benchmarks.workplace import PYTHON, ROOT, SAMPLE_LANDING, SAMPLE_LAST_DAY, Workplace

IMPORT = re.compile(r"^import time:\s+(?P<own>\d+) \|\s+\d+ \|\s*(?P<module>[\w.]+)")
# What the refresh and the dbt it starts import before they do anything.
IMPORTED = {
    "refresh": "from orchestration.definitions import defs; defs()",
    "dbt": "import dbt.cli.main, dbt.adapters.duckdb",
}
LARGEST = 12
RUNS = 3


def fixed_overhead(place: Workplace) -> dict[str, Any]:
    """Refresh the sample until nothing is new, then once more, measured.

    Returns:
        The refresh's figures, and the seconds of its imports by package.
    """
    home = place.folder / "home_sample"
    shutil.rmtree(home, ignore_errors=True)
    for attempt in ("first", "again"):
        refresh = measured_refresh(place, home, SAMPLE_LANDING, SAMPLE_LAST_DAY, f"sample_{attempt}")
    imports = {name: _imports(place, name, code) for name, code in IMPORTED.items()}
    return {"nothing_new": refresh, "imports": imports}


def _imports(place: Workplace, name: str, code: str) -> dict[str, Any]:
    home = {"DUEBOOK_HOME": str(place.folder / "home_sample")}
    command = [str(PYTHON), "-X", "importtime", "-c", code]
    # The quickest of a few counts: the first also waits for the disk.
    runs = [
        _by_package(watch(command, place.environment(home), place.logs / f"imports_{name}.log", ROOT))
        for _ in range(RUNS)
    ]
    packages = min(runs, key=lambda run: sum(run.values()))
    largest = sorted(packages.items(), key=lambda package: -package[1])[:LARGEST]
    return {
        "seconds": round(sum(packages.values()), 3),
        "packages": {package: round(seconds, 3) for package, seconds in largest},
    }


def _by_package(watched: Watched) -> dict[str, float]:
    packages: dict[str, float] = defaultdict(float)
    for _, line in watched.lines:
        if said := IMPORT.match(line):
            packages[said.group("module").split(".")[0]] += int(said.group("own")) / 1e6
    return packages

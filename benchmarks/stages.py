"""Where a refresh's time went: its stages, cut at the lines it prints, and dbt's own account of the stage that is dbt.

Here: reading what the refresh prints and what dbt leaves in the home. Not here: running it (refreshing.py).
"""

import json
import re
from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.watched import Watched

STAGE = re.compile(r"^  (?P<stage>\S.*?)\s+(?P<seconds>\d+\.\d) s$")
# Before the first stage it prints, and after the last.
START, END = "Start", "End"
SLOWEST = 12


def stages_of(watched: Watched) -> list[dict[str, Any]]:
    """Cut a watched refresh at the lines in which it says that a stage is over; the parts add up to the whole."""
    ends = [(said.group("stage"), at, float(said.group("seconds"))) for at, said in _stage_lines(watched)]
    if not ends:
        return []
    first, first_end, first_seconds = ends[0]
    cuts = [(START, 0.0, max(0.0, first_end - first_seconds))]
    cuts += [(first, cuts[0][2], first_end)]
    cuts += [(stage, before[1], at) for before, (stage, at, _) in pairwise(ends)]
    cuts += [(END, ends[-1][1], watched.seconds)]
    return [
        {
            "stage": stage,
            "seconds": round(end - start, 3),
            "cpu_seconds": round(watched.cpu_between(start, end), 3),
            "peak_memory": watched.peak_memory(start, end),
        }
        for stage, start, end in cuts
    ]


def _stage_lines(watched: Watched) -> list[tuple[float, re.Match]]:
    return [(at, said) for at, line in watched.lines if (said := STAGE.match(line))]


def dbt_account(home: Path) -> dict[str, Any]:
    """What dbt says of its last run in a home: seconds by kind of node, and the slowest nodes.

    Kinds overlap in time (dbt has several threads), so their seconds add up to more than the span they ran in.
    """
    results = json.loads((home / "dbt" / "run_results.json").read_text(encoding="utf-8"))
    seconds: dict[str, float] = defaultdict(float)
    nodes: dict[str, int] = defaultdict(int)
    moments: list[datetime] = []
    for result in results["results"]:
        kind = result["unique_id"].split(".")[0]
        seconds[kind] += result["execution_time"]
        nodes[kind] += 1
        moments += [datetime.fromisoformat(t[end]) for t in result["timing"] for end in ("started_at", "completed_at")]
    span = (max(moments) - min(moments)).total_seconds() if moments else 0.0
    slowest = sorted(results["results"], key=lambda result: -result["execution_time"])[:SLOWEST]
    return {
        # dbt's own clock begins after its imports.
        "elapsed_seconds": round(results["elapsed_time"], 3),
        "nodes_seconds": round(span, 3),
        "kinds": {kind: {"nodes": nodes[kind], "seconds": round(seconds[kind], 3)} for kind in sorted(nodes)},
        "slowest": [
            {"node": ".".join(node["unique_id"].split(".")[::2]), "seconds": round(node["execution_time"], 3)}
            for node in slowest
        ],
    }

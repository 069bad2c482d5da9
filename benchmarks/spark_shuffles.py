"""What each part of the models has Spark compute and send between its partitions, from the event log of a build.

    python -m benchmarks.spark_shuffles EVENTS HOME      # prints Markdown

EVENTS is the folder that `spark.eventLog.dir` names (`spark.eventLog.enabled true`, in `spark-defaults.conf` of
`SPARK_CONF_DIR`) with the log of one refresh, HOME the home that was refreshed. Here: adding up what tasks say. Not
here: running the build.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Of a plan that writes a table: where to.
WRITES = re.compile(r"Execute InsertIntoHadoopFsRelationCommand\s+Input[^\n]*\s+Arguments: file:\S*?/(\w+)\.db/(\w+)")
TESTS = "tests of data, queries of macros"
MEGABYTE = 1e6
MOST = 12


@dataclass
class Sums:
    """What tasks did for a part of the models, or for one of them."""

    models: set[str] = field(default_factory=set)
    cpu_seconds: float = 0.0
    sent_bytes: int = 0
    sent_rows: int = 0
    spilled_bytes: int = 0
    exchanges: int = 0

    def add(self, metrics: dict[str, Any]) -> None:
        """Add a task's metrics."""
        written = metrics["Shuffle Write Metrics"]
        self.cpu_seconds += metrics["Executor CPU Time"] / 1e9
        self.sent_bytes += written["Shuffle Bytes Written"]
        self.sent_rows += written["Shuffle Records Written"]
        self.spilled_bytes += metrics["Disk Bytes Spilled"]


def events_in(folder: Path) -> Iterator[dict[str, Any]]:
    """Read the events of all logs in a folder, in their order."""
    for file in sorted(folder.rglob("events_*"), key=lambda file: int(file.name.split("_")[1])):
        if file.is_file():
            with file.open(encoding="utf-8") as lines:
                yield from (json.loads(line) for line in lines)


def folders_of(home: Path) -> dict[tuple[str, str], str]:
    """Return which folder of the dbt project each table is a model of, by schema and name."""
    nodes = json.loads((home / "dbt" / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    return {
        (node["schema"], node["name"]): "/".join(node["fqn"][1:-1]) or node["resource_type"]
        for node in nodes
        if node["resource_type"] in ("model", "seed")
    }


def sums_of(events: Iterator[dict[str, Any]], folders: dict[tuple[str, str], str]) -> tuple[dict, dict]:
    """Add up what tasks did.

    Args:
        events: of one build.
        folders: of the models.

    Returns:
        The sums by folder, and by model.
    """
    by_folder: dict[str, Sums] = defaultdict(Sums)
    by_model: dict[str, Sums] = defaultdict(Sums)
    written: dict[int, tuple[str, str]] = {}
    of_stage: dict[int, int] = {}
    sending: set[int] = set()
    for event in events:
        kind = event["Event"].rpartition(".")[2]
        if kind == "SparkListenerSQLExecutionStart":
            if found := WRITES.search(event["physicalPlanDescription"]):
                written[event["executionId"]] = (found[1], found[2])
        elif kind == "SparkListenerJobStart":
            execution = event.get("Properties", {}).get("spark.sql.execution.id")
            of_stage.update(dict.fromkeys(event["Stage IDs"], int(execution) if execution else -1))
        elif kind == "SparkListenerTaskEnd" and event.get("Task Metrics"):
            execution = of_stage[event["Stage ID"]]
            table = written.get(execution)
            parts = [by_folder[folders.get(table, TESTS)]]
            if table:
                parts.append(by_model[table[1]])
            sends = event["Task Metrics"]["Shuffle Write Metrics"]["Shuffle Records Written"] > 0
            for part in parts:
                part.models.update(table[1:] if table else ())
                part.add(event["Task Metrics"])
                part.exchanges += sends and event["Stage ID"] not in sending
            sending.update([event["Stage ID"]] if sends else [])
    return by_folder, by_model


def table_of(sums: dict[str, Sums], first: str) -> list[str]:
    """Write sums as a table of Markdown, in the order given."""
    lines = [f"| {first} | tables | exchanges | rows sent | MB sent | MB spilled | processor s |"]
    lines.append("|---|" + "---:|" * 6)
    for name, one in sums.items():
        sent, spilled = one.sent_bytes / MEGABYTE, one.spilled_bytes / MEGABYTE
        counts = f"{len(one.models)} | {one.exchanges} | {one.sent_rows:,} | {sent:,.0f} | {spilled:,.0f}"
        lines.append(f"| {name} | {counts} | {one.cpu_seconds:,.0f} |")
    return lines


def main(events: Path, home: Path) -> None:
    """Print what each folder of models sent, and the models that sent most."""
    by_folder, by_model = sums_of(events_in(events), folders_of(home))
    most = sorted(by_model.items(), key=lambda item: -item[1].sent_bytes)[:MOST]
    print("\n".join(table_of(dict(sorted(by_folder.items())), "models")))
    print()
    print("\n".join(table_of(dict(most), "model")))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

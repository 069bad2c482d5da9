"""What the models have Spark send between its partitions is added up from what its tasks say."""

import json
from pathlib import Path

from benchmarks.spark_shuffles import TESTS, events_in, folders_of, sums_of, table_of

SQL = "org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart"
WRITES_A_TABLE = """== Physical Plan ==
Execute InsertIntoHadoopFsRelationCommand (2)
+- WriteFiles (1)


(2) Execute InsertIntoHadoopFsRelationCommand
Input [1]: [n#1]
Arguments: file:/home/a%20b/spark/warehouse/staging.db/stg_ar__invoices, false, Parquet
"""
NODES = {
    "model.duebook.stg_ar__invoices": {
        "resource_type": "model",
        "schema": "staging",
        "name": "stg_ar__invoices",
        "fqn": ["duebook", "staging", "ar", "stg_ar__invoices"],
    },
    "test.duebook.a_test": {"resource_type": "test"},
}


def task(stage: int, rows: int) -> dict:
    written = {"Shuffle Bytes Written": rows * 10, "Shuffle Records Written": rows}
    metrics = {"Executor CPU Time": 500_000_000, "Disk Bytes Spilled": 7, "Shuffle Write Metrics": written}
    return {"Event": "SparkListenerTaskEnd", "Stage ID": stage, "Task Metrics": metrics}


def log(folder: Path, *events: dict) -> None:
    """Write a log in two files, of which the second has the last event."""
    for number, part in ((2, events[-1:]), (10, events[:0]), (1, events[:-1])):
        lines = "\n".join(map(json.dumps, part))
        (folder / f"events_{number}_local-1").write_text(lines, encoding="utf-8")


def test_tasks_count_for_the_table_their_statement_writes(tmp_path: Path) -> None:
    (tmp_path / "dbt").mkdir()
    (tmp_path / "dbt" / "manifest.json").write_text(json.dumps({"nodes": NODES}), encoding="utf-8")
    log(
        tmp_path,
        {"Event": SQL, "executionId": 4, "physicalPlanDescription": WRITES_A_TABLE},
        {"Event": SQL, "executionId": 5, "physicalPlanDescription": "== Physical Plan ==\nScan"},
        {"Event": "SparkListenerJobStart", "Stage IDs": [1, 2], "Properties": {"spark.sql.execution.id": "4"}},
        {"Event": "SparkListenerJobStart", "Stage IDs": [3], "Properties": {"spark.sql.execution.id": "5"}},
        {"Event": "SparkListenerJobStart", "Stage IDs": [4]},
        *(task(stage, rows) for stage, rows in ((1, 3), (1, 4), (2, 0), (3, 5), (4, 0))),
    )
    by_folder, by_model = sums_of(events_in(tmp_path), folders_of(tmp_path))
    assert table_of(dict(sorted(by_folder.items())), "models")[2:] == [
        "| staging/ar | 1 | 1 | 7 | 0 | 0 | 2 |",
        f"| {TESTS} | 0 | 1 | 5 | 0 | 0 | 1 |",
    ]
    one = by_model["stg_ar__invoices"]
    assert (one.sent_rows, one.sent_bytes, one.spilled_bytes, one.cpu_seconds) == (7, 70, 21, 1.5)

"""What went wrong in a dbt run, in a few lines a person can act on.

Here: dbt's own results file, read. Not here: when that ends a refresh (assets.py).
"""

import json
from pathlib import Path

from orchestration.settings import DBT_PROJECT_DIR

FAILED = {"error", "fail", "runtime error"}
MOST_SHOWN = 10


def describe_failures(target_path: Path) -> str | None:
    """Describe the models and tests that failed in dbt's last run.

    Args:
        target_path: dbt's target folder of that run.

    Returns:
        One line that counts them, then for each (ten at most): its kind and name, dbt's message, where its definition
        and its compiled SQL are. None when dbt left no results or none failed: then dbt itself could not start.
    """
    try:
        results = json.loads((target_path / "run_results.json").read_text(encoding="utf-8"))["results"]
        nodes = json.loads((target_path / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    except FileNotFoundError:
        return None
    failed = [result for result in results if result["status"] in FAILED]
    if not failed:
        return None
    skipped = sum(result["status"] == "skipped" for result in results)
    lines = [f"{len(failed)} of {len(results)} models and tests failed, {skipped} were skipped."]
    for result in failed[:MOST_SHOWN]:
        node = nodes[result["unique_id"]]
        message = " ".join((result["message"] or "").split())
        lines += [f"- {node['resource_type']} {node['name']} ({node['original_file_path']}): {message}"]
        if node.get("compiled_path"):
            lines += [f"  SQL: {DBT_PROJECT_DIR / node['compiled_path']}"]
    if len(failed) > MOST_SHOWN:
        lines += [f"- and {len(failed) - MOST_SHOWN} more: {target_path / 'run_results.json'}"]
    return "\n".join(lines)


def dbt_said(error: Exception | str) -> str:
    """Return what dbt itself named as its error, without the command and the stack trace dagster-dbt tells with it."""
    said = str(error).split("Errors parsed from dbt logs:")[-1].split("Traceback (most recent call last)")[0]
    return said.replace("Encountered an error:", "").strip()

"""Describes the failures of a dbt run, in a few lines a person can act on.

Here: reading dbt's results file, and the rows a failed test finds. Not here: when a failure ends a refresh
(orchestration).
"""

import json
from pathlib import Path

from duebook.contract import MASK, read_contract
from duebook.engines.engine import Engine, EngineError
from duebook.settings import DBT_PROJECT_DIR
from duebook.warehouse.manifest import read_manifest

FAILED = {"error", "fail", "runtime error"}
MOST_SHOWN = 10
MOST_ROWS_SHOWN = 5
# What to do about a test's rows, for those that a landing or a setting mends.
TO_DO = {
    "exchange_rates_are_there": "On these days something is open or paid in a currency without an exchange rate into "
    "the one figures are in, or its last rate is older than MAX_RATE_AGE_DAYS allows. Land rates up to the last of "
    "these days, refresh with AS_OF= the last day that has rates, or let rates hold longer with MAX_RATE_AGE_DAYS=.",
}


def describe_failures(target_path: Path, engine: Engine) -> str | None:
    """Describe the models and tests that failed in dbt's last run.

    Args:
        target_path: dbt's target folder of that run.
        engine: what ran them; nobody else writes there.

    Returns:
        One line that counts them, then for each (ten at most): its kind and name, dbt's message, where its definition
        and its compiled SQL are, the first rows a failed test finds, and of some what to do about them. None if dbt
        left no results or none failed: then dbt itself could not start.
    """
    try:
        results = json.loads((target_path / "run_results.json").read_text(encoding="utf-8"))["results"]
        nodes = read_manifest(target_path)["nodes"]
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
            sql_file = DBT_PROJECT_DIR / node["compiled_path"]
            lines += [f"  SQL: {sql_file}"]
            if result["status"] == "fail":
                lines += [f"  {row}" for row in failing_rows(sql_file, engine)]
                lines += [f"  {to_do}" for to_do in [TO_DO.get(node["name"])] if to_do]
    if len(failed) > MOST_SHOWN:
        lines += [f"- and {len(failed) - MOST_SHOWN} more: {target_path / 'run_results.json'}"]
    return "\n".join(lines)


def failing_rows(sql_file: Path, engine: Engine) -> list[str]:
    """Run a failed test again and show its first rows, `column = value` after `column = value`.

    Args:
        sql_file: the test as dbt compiled it.
        engine: what ran it.

    Returns:
        One line for each row, columns that may name a person masked, and a last line if there are more rows.
    """
    try:
        names, rows = engine.first_rows(sql_file.read_text(encoding="utf-8"), MOST_ROWS_SHOWN + 1)
    except EngineError as error:
        return [f"what it finds can't be shown: {error}"]
    hidden = {column.name for table in read_contract().tables for column in table.columns if column.is_hidden}
    lines = [
        ", ".join(
            f"{name} = {MASK if name in hidden and value is not None else value}"
            for name, value in zip(names, row, strict=True)
        )
        for row in rows[:MOST_ROWS_SHOWN]
    ]
    return lines + ["and more rows: run the SQL above to see them"] * (len(rows) > MOST_ROWS_SHOWN)


def dbt_said(error: Exception | str) -> str:
    """Return dbt's own error message, without the command and the stack trace that dagster-dbt adds."""
    message = str(error).split("Errors parsed from dbt logs:")[-1].split("Traceback (most recent call last)")[0]
    return message.replace("Encountered an error:", "").strip()

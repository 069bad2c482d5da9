"""What dbt says of its last run: how long each model took, which tests warned.

Here: reading it from dbt's run_results.json, for the report of a refresh. Not here: why a run failed (dbt_failures.py).
"""

import json
from pathlib import Path

from duebook.publication.run_facts import BuildFacts, Took, Warned

TESTS = ("test", "unit_test")


def read_build(dbt_dir: Path) -> BuildFacts | None:
    """Read the results of the last run; None where there are none.

    Args:
        dbt_dir: the folder of dbt's files.
    """
    try:
        results = json.loads((dbt_dir / "run_results.json").read_bytes())["results"]
    except (FileNotFoundError, ValueError):
        return None
    # `model.duebook.dso_monthly`: the kind of node, the project, the name.
    named = [(*one["unique_id"].split(".")[:3:2], one) for one in results]
    models = [Took(name, one["execution_time"]) for kind, name, one in named if kind == "model"]
    tests = [(name, one) for kind, name, one in named if kind in TESTS]
    return BuildFacts(
        models=tuple(sorted(models, key=lambda took: -took.seconds)),
        tests=len(tests),
        passed=sum(one["status"] == "pass" for _, one in tests),
        warned=tuple(Warned(name, one["failures"]) for name, one in tests if one["status"] == "warn"),
    )

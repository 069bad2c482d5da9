"""What dbt says of its last run, for the report: models longest first, tests that passed or warned."""

import json
from pathlib import Path

from duebook.publication.run_facts import BuildFacts, Took, Warned
from duebook.warehouse.dbt_results import read_build

RESULTS = [
    ("model.duebook.dim_dates", "success", 0.5, None),
    ("model.duebook.int_ledger", "success", 2.0, None),
    ("seed.duebook.kpi_registry", "success", 9.0, None),
    ("test.duebook.key_of_dim_dates.0123", "pass", 0.1, 0),
    ("test.duebook.no_mart_is_empty.4567", "warn", 0.1, 3),
    ("unit_test.duebook.dso_monthly.by_hand", "pass", 0.1, 0),
    ("exposure.duebook.dashboard", "no-op", 0.0, None),
]


def test_models_are_told_longest_first_and_tests_by_how_they_came_out(tmp_path: Path) -> None:
    results = [dict(zip(("unique_id", "status", "execution_time", "failures"), one, strict=True)) for one in RESULTS]
    (tmp_path / "run_results.json").write_text(json.dumps({"results": results}))
    assert read_build(tmp_path) == BuildFacts(
        models=(Took("int_ledger", 2.0), Took("dim_dates", 0.5)),
        tests=3,
        passed=2,
        warned=(Warned("no_mart_is_empty", 3),),
    )


def test_without_results_or_with_half_of_them_nothing_is_known(tmp_path: Path) -> None:
    assert read_build(tmp_path) is None
    (tmp_path / "run_results.json").write_text('{"results": [')
    assert read_build(tmp_path) is None

"""dbt without Dagster, as an analytics engineer calls it inside `dbt_project` after a refresh."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from duebook.settings import DBT_PROJECT_DIR, SAMPLE_AS_OF, Settings, marts_file_of
from duebook.warehouse import dbt_process
from duebook.warehouse.dbt_arguments import dbt_environment, variables
from tests.support.refreshes.running import marts

UNIT_TESTS = ("test", "--select", "test_type:unit", "--log-level-file", "none")


@pytest.fixture(scope="module")
def home(first, tmp_path_factory) -> Settings:
    """A copy of a refreshed home."""
    copy = tmp_path_factory.mktemp("plain dbt") / "home"
    shutil.copytree(first[0].home, copy)
    return Settings(home=copy)


@pytest.fixture(scope="module")
def built(home) -> Settings:
    """The copy, all of it built anew and tested by dbt alone."""
    dbt(home.home, files_of(home), "build", "--exclude-resource-type", "unit_test")
    return home


def files_of(settings: Settings, day: date = SAMPLE_AS_OF, warehouse: Path | None = None) -> dict[str, str]:
    """What a refresh has in dbt's environment, but for the variables: those come by --vars here."""
    files = dbt_environment(settings, day, warehouse or settings.warehouse_file)
    del files["DUEBOOK_DBT_VARS"]
    return files


def dbt(folder: Path, files: dict[str, str], *arguments: str, day: date = SAMPLE_AS_OF) -> list[dict]:
    """Call dbt, with its target folder and its log in a folder, and return its results."""
    target = ["--target-path", str(folder / "target"), "--vars", variables(Settings(home=folder), day)]
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--quiet", *arguments, *target],
        cwd=DBT_PROJECT_DIR,
        env={**os.environ, **files, "DBT_LOG_PATH": str(folder / "logs")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return json.loads((folder / "target" / "run_results.json").read_text())["results"]


@pytest.mark.long
def test_plain_dbt_build_gives_the_marts_of_the_refresh(first, built):
    _, _, of_the_refresh = first
    assert marts(marts_file_of(built.warehouse_file)) == of_the_refresh


@pytest.mark.long
@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("dbt alone, on a warehouse somewhere else", "pass"),
        ("a refresh for a day before the last publication", "pass"),
        ("a refresh whose publication is gone", "warn"),
    ],
)
def test_a_lost_publication_is_missed_by_a_refresh_and_by_nobody_else(first, built, tmp_path, what, expected):
    settings, _, _ = first
    warehouse = tmp_path / "somewhere else" / settings.warehouse_file.name
    warehouse.parent.mkdir()
    shutil.copyfile(settings.warehouse_file, warehouse)
    shutil.copyfile(marts_file_of(settings.warehouse_file), marts_file_of(warehouse))
    day = SAMPLE_AS_OF - timedelta(days=91) if "a day before" in what else SAMPLE_AS_OF
    files = files_of(settings, day, warehouse)
    if what.startswith("dbt alone"):
        del files["DUEBOOK_PUBLISHED_FILE"]
    elif what.endswith("is gone"):
        files["DUEBOOK_PUBLISHED_FILE"] = str(tmp_path / "gone.duckdb")
    test = "what_was_reported_is_not_lost"
    # What `built` parsed, with the same options.
    shutil.copytree(built.home / "target", tmp_path / "target")
    chosen = ["--select", "int_published_kpis", "reported_kpis_monthly", test, "--indirect-selection", "empty"]
    results = dbt(tmp_path, files, "build", *chosen, day=day)
    assert [result["status"] for result in results if test in result["unique_id"]] == [expected]


def test_every_unit_test_passes(home):
    # As a refresh calls dbt, and on what that has parsed: a third less time for three hundred tests.
    environment = {**os.environ, **dbt_environment(home, SAMPLE_AS_OF, home.warehouse_file)}
    done = subprocess.run(
        [sys.executable, "-P", dbt_process.__file__, *UNIT_TESTS, "--target-path", str(home.dbt_dir)],
        cwd=DBT_PROJECT_DIR,
        env={**environment, dbt_process.PARENT_VARIABLE: str(os.getpid())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    results = json.loads((home.dbt_dir / "run_results.json").read_text())["results"]
    statuses = [result["status"] for result in results if result["unique_id"].startswith("unit_test.")]
    assert len(statuses) > 200
    assert set(statuses) == {"pass"}

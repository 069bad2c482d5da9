"""What a refresh tells dbt, and when it has the project parsed."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from duebook.settings import DBT_PLUGINS_DIR, Settings
from duebook.warehouse import manifest
from duebook.warehouse.dbt_arguments import (
    ONLY_WITH_ALL,
    dbt_arguments,
    dbt_environment,
    variables,
)

DAY = date(2026, 6, 30)


def given_variables(settings: Settings) -> dict[str, str]:
    return json.loads(variables(settings, DAY))


def test_the_as_of_day_is_the_runs_and_not_the_settings(tmp_path):
    assert given_variables(Settings(landing=tmp_path, as_of=date(2024, 1, 1)))["as_of_date"] == "2026-06-30"


def test_what_is_not_set_is_left_to_the_dbt_project(tmp_path):
    assert given_variables(Settings(landing=tmp_path)) == {"as_of_date": "2026-06-30"}


def test_what_is_set_is_passed_on(tmp_path):
    known = date(2026, 7, 5)
    also = {"customers_are": "consumers", "max_rate_age_days": 0}
    settings = Settings(landing=tmp_path, known_as_of=known, reporting_currency="GBP", **also)
    assert given_variables(settings) == also | {
        "as_of_date": "2026-06-30",
        "known_as_of": "2026-07-05",
        "reporting_currency": "GBP",
    }


def test_a_build_of_everything_has_all_tests_and_one_of_what_has_changed_those_a_landing_can_break():
    whole, some = dbt_arguments(None), dbt_arguments({"file_number": 3})
    assert "--exclude" not in whole
    assert some[: len(whole)] == whole
    left_out = ["--exclude-resource-type", "seed", "--exclude", " ".join(ONLY_WITH_ALL)]
    assert some[len(whole) :] == [*left_out, "--indirect-selection", "empty"]


def test_dbt_is_given_absolute_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    environment = dbt_environment(
        Settings(home=Path("a home"), threads=3, memory_limit="6GB"), DAY, Path("duebook.duckdb")
    )
    assert environment == {
        "DUEBOOK_DBT_VARS": '{"as_of_date": "2026-06-30", "reporting_currency": "EUR"}',
        "DUEBOOK_WAREHOUSE_FILE": str(tmp_path / "duebook.duckdb"),
        "DUEBOOK_MARTS_FILE": str(tmp_path / "to_publish.duckdb"),
        "DUEBOOK_LANDED_FILE": str(tmp_path / "a home" / "warehouse" / "landing.duckdb"),
        "DUEBOOK_PUBLISHED_FILE": str(tmp_path / "a home" / "published" / "duebook.duckdb"),
        "DUEBOOK_THREADS": "3",
        "DUEBOOK_MEMORY_LIMIT": "6GB",
        "DUEBOOK_DBT_PLUGINS": str(DBT_PLUGINS_DIR),
        "DUEBOOK_DBT_TARGET": "duckdb",
    }


@pytest.fixture
def parsed(tmp_path, monkeypatch):
    """A dbt project whose manifest is newer than all its files; returns its manifest."""
    models = tmp_path / "dbt_project" / "models"
    seeds = tmp_path / "seeds"
    target = tmp_path / "dbt_project" / "target"
    for folder in (models, seeds, target):
        folder.mkdir(parents=True)
    (tmp_path / "requirements.lock").touch()
    (models / "a.sql").touch()
    (models / "b.sql").touch()
    (seeds / "c.csv").touch()
    monkeypatch.setattr(manifest, "PROJECT_ROOT", tmp_path)
    monkeypatch.setattr(manifest, "DBT_PROJECT_DIR", tmp_path / "dbt_project")
    monkeypatch.setattr(manifest, "REFERENCE_SEEDS_DIR", seeds)
    made = target / "manifest.json"
    write_manifest(made, root=str(tmp_path / "dbt_project"))
    later(made)
    return made


def write_manifest(path: Path, root: str) -> None:
    """Write what dbt says of a seed it found under `root`."""
    path.write_text(json.dumps({"nodes": {"seed.c": {"resource_type": "seed", "root_path": root}}}))


def later(path: Path) -> None:
    """Make a file newer than everything made so far."""
    now = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(now, now))


def test_the_manifest_is_kept_while_nothing_changes(parsed):
    assert not manifest.is_stale(parsed)


def test_the_manifest_is_made_where_there_is_none(parsed):
    parsed.unlink()
    assert manifest.is_stale(parsed)


@pytest.mark.parametrize("root", ["dbt_project", "/a/checkout/moved/since/dbt_project"])
def test_a_manifest_that_looks_for_seeds_elsewhere_is_stale(parsed, root):
    write_manifest(parsed, root)
    later(parsed)
    assert manifest.is_stale(parsed)


@pytest.mark.parametrize(("root", "stays"), [(None, True), ("/another/checkout/dbt_project", False)])
def test_dbt_goes_on_from_what_this_checkout_parsed_and_no_other(parsed, root, stays):
    if root:
        write_manifest(parsed, root)
    goes_on_from = parsed.with_name("partial_parse.msgpack")
    goes_on_from.touch()
    manifest.remove_foreign_partial_parse(parsed.parent)
    assert goes_on_from.exists() is stays


def test_a_manifest_still_being_written_is_stale(parsed):
    parsed.write_text(parsed.read_text()[:-1])
    later(parsed)
    assert manifest.is_stale(parsed)


@pytest.mark.parametrize("changed", ["dbt_project/models/a.sql", "seeds/c.csv", "requirements.lock"])
def test_an_edited_file_makes_the_manifest_stale(parsed, tmp_path, changed):
    later(parsed)
    (tmp_path / changed).write_text("changed")
    os.utime(tmp_path / changed, ns=(parsed.stat().st_mtime_ns + 1, parsed.stat().st_mtime_ns + 1))
    assert manifest.is_stale(parsed)


def test_a_deleted_model_makes_the_manifest_stale(parsed, tmp_path):
    models = tmp_path / "dbt_project" / "models"
    (models / "b.sql").unlink()
    os.utime(models, ns=(parsed.stat().st_mtime_ns + 1, parsed.stat().st_mtime_ns + 1))
    assert manifest.is_stale(parsed)


def test_bytecode_that_python_keeps_is_no_file_of_the_project(parsed, tmp_path):
    of_the_project = manifest.project_files()
    bytecode = tmp_path / "dbt_project" / "plugins" / "__pycache__" / "named_files.pyc"
    bytecode.parent.mkdir(parents=True)
    bytecode.touch()
    assert manifest.project_files() == of_the_project


def test_what_dbt_writes_does_not_make_the_manifest_stale(parsed, tmp_path):
    for written in ("target/run_results.json", "logs/dbt.log", ".user.yml"):
        path = tmp_path / "dbt_project" / written
        path.parent.mkdir(exist_ok=True)
        path.touch()
        os.utime(path, ns=(parsed.stat().st_mtime_ns + 1, parsed.stat().st_mtime_ns + 1))
    assert not manifest.is_stale(parsed)

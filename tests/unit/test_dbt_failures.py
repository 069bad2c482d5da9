"""How dbt's failures read."""

import json

import duckdb
import pytest

from duebook.engines.engine import DuckDBFiles
from duebook.publication.targets import targets_of
from duebook.settings import DBT_PROJECT_DIR, Settings, marts_file_of
from duebook.warehouse.dbt_failures import (
    MOST_ROWS_SHOWN,
    MOST_SHOWN,
    TO_DO,
    dbt_said,
    describe_failures,
    failing_rows,
)


@pytest.fixture
def engine(tmp_path):
    """DuckDB, with an empty warehouse and landing."""
    settings = Settings(home=tmp_path)
    settings.warehouse_file.parent.mkdir()
    for file in (settings.landed_file, settings.warehouse_file, marts_file_of(settings.warehouse_file)):
        duckdb.connect(file).close()
    [target] = targets_of(settings, [settings.as_of])
    return DuckDBFiles(settings, target)


@pytest.fixture
def described(tmp_path, engine):
    """Describes what dbt left in the folder."""
    return lambda: describe_failures(tmp_path, engine)


def write_results(folder, statuses, sql="select 'A' as company_id, 0.01 as difference", name="t{}"):
    """Write dbt's result and manifest files, and the compiled SQL, for tests of the given statuses."""
    (folder / "compiled").mkdir()
    for number in range(len(statuses)):
        (folder / "compiled" / f"t{number}.sql").write_text(sql)
    nodes = {
        f"test.duebook.t{number}": {
            "resource_type": "test",
            "name": name.format(number),
            "original_file_path": f"tests/t{number}.sql",
            "compiled_path": f"{folder}/compiled/t{number}.sql",
        }
        for number in range(len(statuses))
    }
    results = [
        {"unique_id": unique_id, "status": status, "message": "Got 3 results,\n configured to fail if != 0"}
        for unique_id, status in zip(nodes, statuses, strict=True)
    ]
    (folder / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    (folder / "run_results.json").write_text(json.dumps({"results": results}))


def test_a_failed_test_is_named_with_its_message_its_file_its_sql_and_what_it_found(tmp_path, described):
    write_results(tmp_path, ["success", "fail", "skipped"])
    assert described() == (
        "1 of 3 models and tests failed, 1 were skipped.\n"
        "- test t1 (tests/t1.sql): Got 3 results, configured to fail if != 0\n"
        f"  SQL: {tmp_path}/compiled/t1.sql\n"
        "  company_id = A, difference = 0.01"
    )


@pytest.mark.parametrize("name", TO_DO)
def test_a_failure_that_a_person_can_mend_says_how_after_its_rows(tmp_path, described, name):
    write_results(tmp_path, ["fail"], name=name)
    assert described().splitlines()[-2:] == ["  company_id = A, difference = 0.01", f"  {TO_DO[name]}"]


@pytest.mark.parametrize("name", TO_DO)
def test_what_to_do_is_said_of_tests_there_are(name):
    assert [file.stem for file in (DBT_PROJECT_DIR / "tests").rglob(f"{name}.sql")] == [name]


def test_no_more_than_the_first_rows_found_are_shown(tmp_path, engine):
    for rows, shown in ((MOST_ROWS_SHOWN, False), (MOST_ROWS_SHOWN + 1, True)):
        folder = tmp_path / str(rows)
        folder.mkdir()
        (folder / "test.sql").write_text(f"select * from range({rows}) as found (n)")
        lines = failing_rows(folder / "test.sql", engine)
        assert lines[:MOST_ROWS_SHOWN] == [f"n = {n}" for n in range(MOST_ROWS_SHOWN)]
        assert (len(lines) > MOST_ROWS_SHOWN) == shown


def test_columns_that_may_name_a_person_are_masked_in_the_rows_shown(tmp_path, engine):
    (tmp_path / "test.sql").write_text("select 'C1' as customer_id, 'zoe@x.org' as email, cast(null as text) as phone")
    assert failing_rows(tmp_path / "test.sql", engine) == ["customer_id = C1, email = ***, phone = None"]


def test_models_that_cant_be_built_count_as_tests_that_fail(tmp_path, described):
    write_results(tmp_path, ["error", "runtime error", "fail", "warn", "pass"])
    assert described().startswith("3 of 5 ")


def test_what_does_not_fit_is_counted_and_found_in_the_results(tmp_path, described):
    write_results(tmp_path, ["fail"] * (MOST_SHOWN + 2))
    assert described().endswith(f"- and 2 more: {tmp_path / 'run_results.json'}")


def test_a_dbt_that_left_no_results_has_nothing_to_describe(tmp_path, described):
    assert described() is None


def test_a_dbt_that_failed_without_a_failed_node_has_nothing_to_describe(tmp_path, described):
    write_results(tmp_path, ["pass"])
    assert described() is None


def test_of_a_dbt_that_could_not_start_only_its_own_words_are_told():
    told = RuntimeError(
        "The dbt CLI process with command `dbt build` failed with exit code `2`.\n\nErrors parsed from dbt logs:\n\n"
        "Encountered an error:\nCompilation Error\n  Model 'a' depends on a node named 'b' which was not found\n\n"
        "Traceback (most recent call last):\n  File ..."
    )
    assert dbt_said(told) == "Compilation Error\n  Model 'a' depends on a node named 'b' which was not found"


def test_an_error_dbt_did_not_explain_is_told_whole():
    assert dbt_said(RuntimeError("no such file: dbt")) == "no such file: dbt"

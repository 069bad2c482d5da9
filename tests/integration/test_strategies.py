"""What each incremental strategy of the dbt project does to a table, in a project of a few models with the same macros.

Here: macros/strategies alone. Not here: that the warehouse that adds up by them is the one built at once
(test_increments.py).
"""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from duebook.settings import DBT_PROJECT_DIR

READS_TWO = """
    {{{{ config(materialized='incremental', incremental_strategy='replace_this_run', unique_key='invoice_id'{}) }}}}
    select invoice_id, amount from landing.invoices
    where {{{{ this_run(ref('int_items_this_run'), 'invoice_id') }}}}
        and {{{{ this_run(ref('int_others_this_run'), 'invoice_id') }}}}
"""
MODELS = {
    "int_items_this_run": "select invoice_id from landing.items",
    "int_others_this_run": "select invoice_id from landing.items",
    "replaced": """
        {{ config(materialized='incremental', incremental_strategy='replace_this_run', unique_key='invoice_id') }}
        select invoice_id, amount from landing.invoices
        where {{ this_run(ref('int_items_this_run'), 'invoice_id') }}
    """,
    # Each reads what two runs take in; one says which of them its items are.
    "named": READS_TWO.format(", meta={'this_run': {'model': 'int_items_this_run', 'columns': ['invoice_id']}}"),
    "unnamed": READS_TWO.format(""),
    "added": """
        {{ config(materialized='incremental', incremental_strategy='add_up') }}
        select invoice_id, amount, '{{ this_run_id() }}' as changed_in from landing.invoices
    """,
    "collected": """
        {{ config(materialized='incremental', incremental_strategy='collect', unique_key='invoice_id') }}
        select invoice_id, amount, '{{ this_run_id() }}' as changed_in from landing.invoices
    """,
}
FIRST = {"file_number": 7, "as_of": "2026-01-30", "is_published": True}
SECOND = {"file_number": 9, "as_of": "2026-01-31", "is_published": True}


class Project:
    """A dbt project with the strategies, and a landing of invoices and of the items a run takes in."""

    def __init__(self, folder: Path) -> None:
        """Write it, with an empty landing."""
        self._folder = folder
        self._database = folder / "kept.duckdb"
        macros = folder / "macros"
        shutil.copytree(DBT_PROJECT_DIR / "macros" / "strategies", macros)
        for name in ("given", "as_of_date"):
            shutil.copyfile(DBT_PROJECT_DIR / "macros" / f"{name}.sql", macros / f"{name}.sql")
        (folder / "models").mkdir()
        for name, text in MODELS.items():
            (folder / "models" / f"{name}.sql").write_text(text)
        variables = {"as_of_date": None, "changed_since": None}
        project = {"name": "kept", "version": "1.0.0", "profile": "kept", "vars": variables}
        (folder / "dbt_project.yml").write_text(json.dumps(project))
        output = {"type": "duckdb", "path": str(self._database)}
        (folder / "profiles.yml").write_text(json.dumps({"kept": {"target": "t", "outputs": {"t": output}}}))
        with duckdb.connect(self._database) as con:
            con.execute("create schema landing; create table landing.items (invoice_id varchar)")
            con.execute("create table landing.invoices (invoice_id varchar, amount integer)")

    def run(self, items: list[str], invoices: dict[str, int], changed_since: dict | None) -> dict[str, str]:
        """Run all models over these items and invoices; return what dbt says of each that fails."""
        with duckdb.connect(self._database) as con:
            con.execute("delete from landing.items; delete from landing.invoices")
            for item in items:
                con.execute("insert into landing.items values (?)", [item])
            for invoice, amount in invoices.items():
                con.execute("insert into landing.invoices values (?, ?)", [invoice, amount])
        variables = {"changed_since": changed_since, "as_of_date": "2026-02-01"}
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("DUEBOOK_DBT_VARS", json.dumps(variables))
            place = ["--project-dir", str(self._folder), "--profiles-dir", str(self._folder)]
            done = dbtRunner().invoke(["--quiet", "run", *place])
        if done.exception:
            raise done.exception
        return {result.node.name: result.message for result in done.result if result.status != "success"}

    def rows(self, model: str) -> set[tuple]:
        """Rows of a model."""
        with duckdb.connect(self._database) as con:
            return set(con.execute(f"select * from {model}").fetchall())


@pytest.fixture(scope="module")
def project_and_failures(tmp_path_factory):
    """Run twice: everything at first, then what another day brings, as a try that failed later on."""
    project = Project(tmp_path_factory.mktemp("strategies"))
    assert project.run(["I1"], {"I1": 1, "I2": 2, "I3": 3}, None) == {}
    return project, project.run(["I2", "I3"], {"I1": 10, "I2": 20}, FIRST)


@pytest.fixture
def project(project_and_failures):
    return project_and_failures[0]


def test_a_run_replaces_its_items_also_one_that_is_gone_and_no_other(project):
    assert project.rows("replaced") == {("I1", 1), ("I2", 20)}


def test_a_model_that_reads_what_two_runs_take_in_has_to_name_one(project_and_failures):
    project, failures = project_and_failures
    assert failures.keys() == {"unnamed"}
    assert "has to read one model int_" in failures["unnamed"]
    assert project.rows("named") == {("I1", 1), ("I2", 20)}


def test_a_run_that_is_repeated_adds_nothing_twice_and_keeps_what_it_collected(project):
    everything, first, second = "-1, 0001-01-01", "7, 2026-01-30", "9, 2026-01-31"
    before = {("I1", 1, everything), ("I2", 2, everything), ("I3", 3, everything)}
    assert project.rows("added") == before | {("I1", 10, first), ("I2", 20, first)}
    assert project.rows("collected") == {("I1", 10, first), ("I2", 20, first)}

    project.run(["I1", "I2", "I3"], {"I2": 21, "I4": 40}, FIRST)
    assert project.rows("added") == before | {("I2", 21, first), ("I4", 40, first)}
    assert project.rows("collected") == {("I1", 10, first), ("I2", 20, first), ("I4", 40, first)}

    project.run([], {"I5": 50}, SECOND)
    assert project.rows("added") == before | {("I2", 21, first), ("I4", 40, first), ("I5", 50, second)}
    assert project.rows("collected") == {("I5", 50, second)}
    assert project.rows("replaced") == {("I2", 21)}

    project.run([], {"I6": 60}, None)
    for model in ("replaced", "added", "collected"):
        assert {row[:2] for row in project.rows(model)} == {("I6", 60)}, model

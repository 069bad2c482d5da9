"""What each incremental strategy of the dbt project does to a table on Spark, in a project of a few models.

Here: macros/strategies with what Spark has of them. Not here: that they do the same elsewhere (test_strategies.py), nor
that the models add up by them (test_spark.py).
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pytest
import yaml

from duebook.engines import spark
from duebook.settings import DBT_PROJECT_DIR

pytestmark = pytest.mark.spark

MACROS = ("strategies", "portable/spark_added_days.sql", "portable/spark_builds.sql", "portable/spark_recursion.sql")
MORE_MACROS = ("portable/declare_tables.sql", "given.sql", "as_of_date.sql")
MODELS = {
    "int_items_this_run": "{{ config(materialized='replaced_table') }} select invoice_id from landing.items",
    "replaced": """
        {{ config(materialized='incremental', incremental_strategy='replace_this_run', unique_key='invoice_id') }}
        with landed as (select * from landing.invoices)
        select invoice_id, amount from landed where {{ this_run(ref('int_items_this_run'), 'invoice_id') }}
    """,
    "added": """
        {{ config(materialized='incremental', incremental_strategy='add_up') }}
        select invoice_id, amount, '{{ this_run_id() }}' as changed_in from landing.invoices
        {%- if increments() %} where not exists (select 1 from {{ this }} as other where other.amount < 0){% endif %}
    """,
    "appended": """
        {{ config(materialized='incremental', incremental_strategy='append') }}
        select invoice_id, amount from landing.invoices
        {% if is_incremental() %}union all select 'of before', max(amount) from {{ this }}{% endif %}
    """,
    "collected": """
        {{ config(materialized='incremental', incremental_strategy='collect', unique_key='invoice_id') }}
        select invoice_id, amount, '{{ this_run_id() }}' as changed_in from landing.invoices
    """,
}
FIRST = {"file_number": 30, "as_of": "2026-01-30", "is_published": True}
EVERYTHING = "-1, 0001-01-01"
INVOICES = {f"I{number}": number for number in range(1, 9)}


class Project:
    """A dbt project with the strategies, and a landing of invoices and of the items a run takes in."""

    def __init__(self, folder: Path) -> None:
        """Write it."""
        self._folder, self.spark = folder, folder / "spark"
        for name in (*MACROS, *MORE_MACROS):
            copy = shutil.copytree if "." not in name else shutil.copyfile
            to = folder / "macros" / Path(name).name
            to.parent.mkdir(exist_ok=True)
            copy(DBT_PROJECT_DIR / "macros" / name, to)
        (folder / "models").mkdir()
        for name, text in MODELS.items():
            (folder / "models" / f"{name}.sql").write_text(text)
        hooks = {"on-run-start": "{{ declare_tables() }}", "on-run-end": "{{ note_tables() }}"}
        variables = {"as_of_date": None, "changed_since": None}
        project = {"name": "kept", "version": "1.0.0", "profile": "duebook", "vars": variables, **hooks}
        (folder / "dbt_project.yml").write_text(json.dumps(project))
        outputs = yaml.safe_load((DBT_PROJECT_DIR / "profiles.yml").read_text())["duebook"]["outputs"]
        profile = {"duebook": {"target": "spark", "outputs": {"spark": outputs["spark"]}}}
        (folder / "profiles.yml").write_text(json.dumps(profile))

    def run(
        self,
        items: Iterable[str],
        invoices: Mapping[str, int],
        changed_since: Mapping | None,
        *arguments: str,
        file_format: str = "parquet",
    ) -> str:
        """Run models over these items and invoices; return what dbt says if one fails."""
        told = [
            spark.Declaration("create schema if not exists landing"),
            *(
                spark.Declaration(f"create view landing.{table} as select {columns} from values {listed}")
                for table, columns, listed in (
                    ("items", "col1 as invoice_id", ", ".join(f"('{item}')" for item in ("no item", *items))),
                    (
                        "invoices",
                        "col1 as invoice_id, col2 as amount",
                        ", ".join(f"('{invoice}', {amount})" for invoice, amount in invoices.items()),
                    ),
                )
            ),
            *spark.remove_built(self.spark, everything=changed_since is None),
        ]
        declarations = self._folder / "declarations.json"
        lines = [json.dumps({"place": place, **one._asdict()}) for place, one in enumerate(told)]
        declarations.write_text("\n".join(lines))
        environment = {
            **spark.dbt_environment(self.spark),
            "DUEBOOK_SPARK_DECLARATIONS": str(declarations),
            "DUEBOOK_SPARK_NOTED": str(self.spark / spark.NOTED),
            "DUEBOOK_SPARK_BUCKETS": "4",
            "DUEBOOK_SPARK_FORMAT": file_format,
            "DUEBOOK_SPARK_MEMORY": "1g",
            "DUEBOOK_DBT_VARS": json.dumps({"changed_since": changed_since, "as_of_date": "2026-02-01"}),
        }
        place = ["--project-dir", self._folder, "--profiles-dir", self._folder, "--log-path", self._folder]
        command = [Path(sys.executable).with_name("dbt"), "--quiet", "run", *place, *arguments]
        done = subprocess.run(
            [str(part) for part in command], env=os.environ | environment, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr if done.returncode else ""

    def rows(self, model: str) -> list[tuple]:
        """Rows of a model, in order."""
        return duckdb.sql(
            f"from read_parquet('{self._files(model)}', hive_partitioning = false) order by all"
        ).fetchall()

    def folders(self, model: str) -> dict[str, set[str]]:
        """The invoices in each folder of a model."""
        read = f"read_parquet('{self._files(model)}', hive_partitioning = true, hive_types_autocast = false)"
        listed = duckdb.sql(f"select kept_in, list(invoice_id) from {read} group by all").fetchall()
        return {folder: set(invoices) for folder, invoices in listed}

    def written(self, model: str) -> dict[Path, int]:
        """When each file of a model was written."""
        built = self.spark / spark.WAREHOUSE / "main.db" / model
        return {file: file.stat().st_mtime_ns for file in built.rglob("*.parquet")}

    def log(self) -> str:
        """What dbt has logged, with each statement."""
        return (self._folder / "dbt.log").read_text(encoding="utf-8")

    def _files(self, model: str) -> Path:
        return self.spark / spark.WAREHOUSE / "main.db" / model / "**" / "*.parquet"


class Days:
    """Three builds: all; a day in which a bucket loses all its items, another has an amended one; the same again."""

    def __init__(self, folder: Path) -> None:
        """Build them."""
        self.project = Project(folder)
        assert self.project.run([], INVOICES, None) == ""
        self.buckets = self.project.folders("replaced")
        self.emptied, self.touched, *self.others = sorted(self.buckets)
        self.amended = min(self.buckets[self.touched])
        self.at_first = self.project.written("replaced")
        gone = self.buckets[self.emptied]
        left = {invoice: 100 for invoice in INVOICES if invoice not in gone}
        assert self.project.run([*gone, self.amended], left, FIRST) == ""
        self.rows = {model: self.project.rows(model) for model in MODELS}
        self.after_a_day = self.project.written("replaced")
        assert self.project.run([], {"I1": 7}, FIRST) == ""


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    return Days(tmp_path_factory.mktemp("days"))


def test_items_of_a_run_are_replaced_and_those_that_are_gone_too_if_a_bucket_had_no_other(days: Days) -> None:
    gone = days.buckets[days.emptied]
    amended = {days.amended: 100}
    assert dict(days.rows["replaced"]) == {i: a for i, a in (INVOICES | amended).items() if i not in gone}


def test_no_bucket_without_items_of_the_run_is_written_again(days: Days) -> None:
    still = {file for file, time in days.after_a_day.items() if days.at_first.get(file) == time}
    assert {file.parent.name for file in still} == {f"kept_in={bucket}" for bucket in days.others}
    assert {file.parent.name for file in days.after_a_day.keys() - still} == {f"kept_in={days.touched}"}


def test_a_day_that_touches_nothing_writes_nothing_of_what_is_kept_by_item(days: Days) -> None:
    assert days.project.written("replaced") == days.after_a_day


def test_sums_are_added_to_and_a_run_that_is_repeated_replaces_its_own(days: Days) -> None:
    before = [(invoice, amount, EVERYTHING) for invoice, amount in INVOICES.items()]
    left = sorted(set(INVOICES) - days.buckets[days.emptied])
    of_run = "30, 2026-01-30"
    assert days.rows["added"] == sorted(before + [(invoice, 100, of_run) for invoice in left])
    assert days.project.rows("added") == sorted([*before, ("I1", 7, of_run)])


def test_what_is_collected_is_of_the_run_alone(days: Days) -> None:
    assert {changed_in for *_, changed_in in days.rows["collected"]} == {"30, 2026-01-30"}


def test_a_model_that_appends_reads_what_it_holds(days: Days) -> None:
    assert [amount for invoice, amount in days.project.rows("appended") if invoice == "of before"] == [8, 100]


def test_delta_and_iceberg_are_told_to_delete_in_a_statement_of_its_own(days: Days) -> None:
    said = days.project.run([], {"I1": 8}, FIRST, "--select", "added", file_format="delta")
    # The table is Parquet's: no jar of Delta's can be had here.
    assert "UNSUPPORTED_FEATURE.TABLE_OPERATION" in said
    assert "delete from main.added where changed_in = '30, 2026-01-30'\n" in days.project.log()

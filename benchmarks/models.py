"""Duebook's models as plain SQL, to be run without dbt, so that a method is measured and not a tool.

Here: compiling with dbt (`--full-refresh`, so that nothing is left out that an increment would leave out), choosing
models by their place in the graph, building them in order. Not here: what they are compared with.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.failures import BenchmarkError
from benchmarks.workplace import DBT, DBT_PROJECT_DIR, REPORTING_CURRENCY, ROOT, Workplace
from duebook.settings import MARTS_DATABASE, MARTS_SCHEMA, marts_file_of
from duebook.warehouse.manifest import read_manifest

LEDGER, AGING_CHANGES, DAILY_MART = "fct_receivables_ledger", "int_aging_increments", "receivables_daily"
LEDGER_TABLE = f"{MARTS_DATABASE}.{MARTS_SCHEMA}.{LEDGER}"


@dataclass(frozen=True)
class Model:
    """One model as compiled.

    Attributes:
        name: its name.
        relation: its full name in the warehouse.
        schema: the schema it stands in, with its database.
        is_view: whether it is a view.
        sql: its query.
        reads: names of the models and seeds it reads.
    """

    name: str
    relation: str
    schema: str
    is_view: bool
    sql: str
    reads: tuple[str, ...]


def dbt_options(as_of: date) -> list[str]:
    """What every dbt command of the benchmark is told."""
    variables = json.dumps({"as_of_date": as_of.isoformat(), "reporting_currency": REPORTING_CURRENCY})
    project = ("--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR))
    return [*project, "--vars", variables, "--full-refresh"]


def dbt_files(warehouse_file: Path, landed_file: Path) -> dict[str, str]:
    """What dbt finds in its environment: the files it opens, and where the plugin is that has it open them."""
    return {
        "DUEBOOK_WAREHOUSE_FILE": str(warehouse_file),
        "DUEBOOK_MARTS_FILE": str(marts_file_of(warehouse_file)),
        "DUEBOOK_LANDED_FILE": str(landed_file),
        # None: nothing was published before.
        "DUEBOOK_PUBLISHED_FILE": str(warehouse_file.with_name("published.duckdb")),
        "DUEBOOK_DBT_PLUGINS": str(DBT_PROJECT_DIR / "plugins"),
    }


def compile_models(place: Workplace, landed_file: Path, as_of: date) -> None:
    """Have dbt compile the daily mart and all it is made of, against an empty warehouse.

    Raises:
        BenchmarkError: it can't; says what dbt said.
    """
    shutil.rmtree(place.compiled, ignore_errors=True)
    place.compiled.mkdir(parents=True)
    files = dbt_files(place.compiled / "duebook.duckdb", landed_file)
    folders = ["--target-path", str(place.compiled), "--log-path", str(place.compiled)]
    command = [str(DBT), "compile", "--quiet", "--select", f"+{DAILY_MART}", *dbt_options(as_of), *folders]
    done = subprocess.run(  # noqa: S603 (dbt of this environment)
        command, env=place.environment(files), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchmarkError(f"dbt can't compile the models:\n{done.stdout}{done.stderr}")


def read_models(compiled: Path) -> dict[str, Model]:
    """Read what was compiled.

    Args:
        compiled: dbt's target folder.

    Returns:
        Models by name, each after those it reads.
    """
    manifest = read_manifest(compiled)
    nodes = {key: node for key, node in manifest["nodes"].items() if node.get("compiled") and _is_model(node)}
    ordered: dict[str, Model] = {}

    def visit(key: str) -> None:
        node = nodes.get(key)
        if node is None or node["name"] in ordered:
            return
        for upstream in node["depends_on"]["nodes"]:
            visit(upstream)
        ordered[node["name"]] = Model(
            name=node["name"],
            relation=node["relation_name"],
            schema=f"{node['database']}.{node['schema']}",
            is_view=node["config"]["materialized"] == "replaced_view",
            sql=node["compiled_code"],
            reads=tuple(upstream.rsplit(".", 1)[-1] for upstream in node["depends_on"]["nodes"]),
        )

    for key in nodes:
        visit(key)
    return ordered


def _is_model(node: dict) -> bool:
    return node["resource_type"] == "model"


def leading_to(models: dict[str, Model], target: str, after: str | None = None) -> list[Model]:
    """Choose a model and those it is made of, in the order to build them.

    Args:
        models: by name, each after those it reads.
        target: the last one.
        after: leave this one out, and those that aren't made of it.
    """
    needed = {target}
    for model in reversed(models.values()):
        if model.name in needed:
            needed.update(model.reads)
    chosen = [model for model in models.values() if model.name in needed]
    if after is None:
        return chosen
    made_of_it = {after}
    for model in chosen:
        if made_of_it.intersection(model.reads):
            made_of_it.add(model.name)
    return [model for model in chosen if model.name in made_of_it - {after}]


def inputs_of(models: list[Model]) -> set[str]:
    """Names of what the chosen models read and aren't themselves."""
    return {name for model in models for name in model.reads} - {model.name for model in models}


def build(connection: duckdb.DuckDBPyConnection, models: list[Model]) -> None:
    """Build models in a warehouse and a file of marts that are attached under the names they were compiled for."""
    for schema in sorted({model.schema for model in models}):
        connection.execute(f"create schema if not exists {schema}")
    for model in models:
        kind = "view" if model.is_view else "table"
        connection.execute(f"create {kind} {model.relation} as {model.sql}")

"""The daily mart and all it is made of, built by SQLMesh from the dbt project: an outside yardstick.

Here: a copy of the project with what SQLMesh can't take left out, and one plan applied to an empty database. Not here:
the models themselves.

What is left out of the copy: tests and descriptions (SQLMesh would run them as audits; dbt runs without them, too, when
the two are compared) and every model that the daily mart isn't made of. Some of those ask dbt's `graph`, which SQLMesh
has not filled when it loads a model.
"""

import argparse
import json
import shutil
from datetime import date
from pathlib import Path

import yaml

from benchmarks.models import DAILY_MART, leading_to, read_models
from benchmarks.workplace import DBT_PROJECT_DIR, REPORTING_CURRENCY, landed_of
from duebook.settings import MARTS_DATABASE
from duebook.warehouse.manifest import read_manifest


def copy_project(compiled: Path, out: Path, first_day: date, threads: int) -> Path:
    """Copy the daily mart's models, the sources, macros and seeds they need.

    Args:
        compiled: dbt's target folder, which says which files those are.
        out: where to; holds the database, too.
        first_day: SQLMesh wants to know since when there are data.
        threads: how many models may be built at once.

    Returns:
        The copied dbt project.
    """
    project = out / "dbt_project"
    # dbt's way to replace a table doesn't matter: SQLMesh has another.
    shutil.copytree(
        DBT_PROJECT_DIR / "macros", project / "macros", ignore=shutil.ignore_patterns("replace_in_place.sql")
    )
    shutil.copytree(DBT_PROJECT_DIR / "models" / "sources", project / "models" / "sources")
    nodes = read_manifest(compiled)["nodes"].values()
    chosen = leading_to(read_models(compiled), DAILY_MART)
    names = {name for model in chosen for name in (model.name, *model.reads)}
    for node in nodes:
        if node["name"] not in names:
            continue
        if node["resource_type"] == "model":
            _copy(DBT_PROJECT_DIR / node["original_file_path"], project / node["original_file_path"])
        elif node["resource_type"] == "seed":
            target = out / "seeds" / "reference" / f"{node['name']}.csv"
            _copy(DBT_PROJECT_DIR / node["original_file_path"], target)
            types = {"seeds": [{"name": node["name"], "config": {"column_types": node["config"]["column_types"]}}]}
            target.with_suffix(".yml").write_text(yaml.safe_dump(types), encoding="utf-8")
    settings = yaml.safe_load(_as_sqlmesh_knows_it((DBT_PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8")))
    settings["models"]["+start"] = first_day.isoformat()
    (project / "dbt_project.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    output = {"type": "duckdb", "path": str(out / "duebook.duckdb"), "schema": "main", "threads": threads}
    profile = {settings["profile"]: {"target": "duckdb", "outputs": {"duckdb": output}}}
    (project / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    return project


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".sql":
        target.write_text(_as_sqlmesh_knows_it(source.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        shutil.copyfile(source.resolve(), target)


def _as_sqlmesh_knows_it(text: str) -> str:
    """Name dbt's own materializations in the place of ours, which say how a table is replaced and nothing else."""
    return text.replace("replaced_table", "table").replace("replaced_view", "view")


def apply_plan(project: Path, out: Path, landed_file: Path, as_of: date, threads: int) -> int:
    """Build everything in an empty database; return the number of models."""
    from sqlmesh.core.config.connection import DuckDBAttachOptions, DuckDBConnectionConfig
    from sqlmesh.core.context import Context
    from sqlmesh.dbt.loader import sqlmesh_config

    variables = {"as_of_date": as_of.isoformat(), "reporting_currency": REPORTING_CURRENCY}
    config = sqlmesh_config(project, variables=variables)
    # A dbt profile's attached files are unknown to SQLMesh; its own connection has them.
    landed = DuckDBAttachOptions(type="duckdb", path=str(landed_file), read_only=True)
    for gateway in config.gateways.values():
        gateway.connection = DuckDBConnectionConfig(
            catalogs={**{name: str(out / f"{name}.duckdb") for name in ("duebook", MARTS_DATABASE)}, "landed": landed},
            concurrent_tasks=threads,
        )
    context = Context(paths=project, config=config)
    context.plan(auto_apply=True, no_prompts=True, skip_tests=True)
    return len(context.models)


def main() -> None:
    """Copy, build, and print as JSON how many models there were."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sqlmesh_models", description=__doc__.split("\n")[0])
    parser.add_argument("--home", type=Path, required=True, help="whose landed rows are read")
    parser.add_argument("--compiled", type=Path, required=True)
    parser.add_argument("--first-day", type=date.fromisoformat, required=True)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--out", type=Path, required=True, help="an empty folder")
    parser.add_argument("--threads", type=int, required=True)
    asked = parser.parse_args()
    project = copy_project(asked.compiled, asked.out, asked.first_day, asked.threads)
    models = apply_plan(project, asked.out, landed_of(asked.home), asked.as_of, asked.threads)
    print(json.dumps({"models": models}))


if __name__ == "__main__":
    main()

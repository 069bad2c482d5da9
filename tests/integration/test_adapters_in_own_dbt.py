"""Adapters' SELECTs in a dbt project of somebody's own, with the macro that is shipped for it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from duebook.adapters.engine.definition import ADAPTERS_DIR, Adapter, UserOptions, chosen_options, read_adapter
from duebook.adapters.engine.rendering import Names, in_order_of_refs
from duebook.contract import read_contract

PROFILE = {"own": {"target": "own", "outputs": {"own": {"type": "duckdb", "path": ":memory:", "schema": "main"}}}}


def selects(adapter: Adapter, shape: str) -> list[Path]:
    """The files of an adapter that a landing of one shape runs."""
    return [*adapter.shape_files(shape), *adapter.common_files, *adapter.table_files.values()]


def compiled(folder: Path, adapter: Adapter, shape: str, options: dict[str, Any]) -> dict[str, str]:
    """Have dbt compile an adapter's SELECTs in a project of their own; returns them by name."""
    (folder / "models").mkdir()
    (folder / "macros").mkdir()
    shutil.copy(ADAPTERS_DIR / "dbt" / "option.sql", folder / "macros")
    for file in selects(adapter, shape):
        shutil.copy(file, folder / "models")
    tables = {
        adapter.name: list(adapter.definition.shapes[shape].tables),
        "declared": ["companies"],
    }
    sources = [{"name": name, "tables": [{"name": one} for one in listed]} for name, listed in tables.items()]
    flags = {"send_anonymous_usage_stats": False}
    project = {"name": "own", "version": "1.0.0", "profile": "own", "vars": options, "flags": flags}
    files = {"models/sources": {"sources": sources}, "dbt_project": project, "profiles": PROFILE}
    for name, content in files.items():
        (folder / f"{name}.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--quiet", "compile", "--profiles-dir", "."],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("DBT_")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    nodes = json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    return {one["name"]: one["compiled_code"].strip() for one in nodes}


def rendered(adapter: Adapter, shape: str, options: dict[str, Any]) -> dict[str, str]:
    """The same SELECTs as a landing runs them, with relations called as dbt calls them."""
    tables = {one: f'"memory"."{adapter.name}"."{one}"' for one in adapter.definition.shapes[shape].tables}
    names = Names(adapter.name, tables, options)
    files = in_order_of_refs(selects(adapter, shape))
    names.refs.update({file.stem: f'"memory"."main"."{file.stem}"' for file in files})
    return {file.stem: names.render(file) for file in files}


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "shape", "given"),
    [
        ("xero", "fivetran", {}),
        (
            "xero",
            "fivetran",
            {"write_off_accounts": ["620", "it's"], "discount_items": [7], "rates_from_documents": False},
        ),
        ("business_central", None, {}),
        ("business_central", None, {"write_off_documents": "WO'%"}),
    ],
)
def test_selects_say_in_a_dbt_project_of_ones_own_what_they_say_when_landed(tmp_path, name, shape, given) -> None:
    adapter = read_adapter(name, read_contract())
    shape = shape or next(iter(adapter.definition.shapes))
    options = dict(chosen_options(adapter, UserOptions(options=given)))
    found = compiled(tmp_path, adapter, shape, options)
    declared = {one: sql.replace('"memory"."declared"."companies"', "declared_companies") for one, sql in found.items()}
    assert declared == rendered(adapter, shape, options)

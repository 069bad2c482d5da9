"""The page on upgrades (docs/upgrades.md) names what there is: versions, places, tests, and every private import."""

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from dagster_dbt import DagsterDbtTranslator, DbtCliResource
from dbt.adapters.duckdb.plugins import BasePlugin

from duebook.settings import DBT_PLUGINS_DIR, PROJECT_ROOT
from orchestration.dbt.project import DbtProcess
from orchestration.dbt.translator import SchemaTranslator
from orchestration.run_history import EventHistory, SqliteEventLogStorage
from tests.support.imports import MAY_IMPORT, imported, modules_of

PAGE = PROJECT_ROOT / "docs" / "upgrades.md"
LOCKS = [PROJECT_ROOT / name for name in ("requirements.lock", "requirements-spark.lock")]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| library")
]
# A file, and in brackets what it has that the row is about.
PLACE = re.compile(r"`([\w.]+(?:/[\w.]+)+)`(?: \(([^)]*)\))?")


def is_private(module: str) -> bool:
    return bool(re.search(r"(^|\.)_[a-z]", module))


def plugin(name: str) -> type[BasePlugin]:
    spec = spec_from_file_location(name, DBT_PLUGINS_DIR / f"{name}.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Plugin


def test_every_row_has_all_its_columns() -> None:
    assert [row for row in ROWS if len(row) != 5 or not all(row)] == []
    assert len({library.split()[0] for library, *_ in ROWS}) > 10


def test_the_versions_that_were_tried_are_those_of_the_lock() -> None:
    locks = "\n".join(lock.read_text(encoding="utf-8") for lock in LOCKS)
    locked = dict(re.findall(r"^([\w-]+)(?:\[[\w, -]+\])?==(\S+)", locks, re.MULTILINE))
    tried = dict(library.split() for library, *_ in ROWS)
    assert tried == {name: locked[name] for name in tried}


def test_every_place_is_there_and_has_what_is_named_of_it() -> None:
    named = [(file, names) for _, place, *_ in ROWS for file, names in PLACE.findall(place)]
    assert len(named) >= len(ROWS)
    missing = [file for file, _ in named if not (PROJECT_ROOT / file).is_file()]
    assert missing == []
    without = [
        (file, name)
        for file, names in named
        for name in re.findall(r"`(\w+)`", names)
        if not re.search(rf"\b{name}\b", (PROJECT_ROOT / file).read_text(encoding="utf-8"))
    ]
    assert without == []


def test_every_row_names_a_test_there_is() -> None:
    tests = {library: PLACE.findall(breaks) or PLACE.findall(place) for library, place, _, _, breaks in ROWS}
    missing = [
        (library, file)
        for library, found in tests.items()
        for file, _ in found or [("", "")]
        if not (file.startswith("tests/") and (PROJECT_ROOT / file).is_file())
    ]
    assert missing == []


def test_every_import_of_a_private_module_is_listed(tracked_files: list[Path]) -> None:
    listed = {file for _, place, *_ in ROWS for file, _ in PLACE.findall(place)}
    modules = [path for room in (*MAY_IMPORT, "dbt_project") for path in modules_of(tracked_files, room)]
    private = {
        path.relative_to(PROJECT_ROOT).as_posix()
        for path in modules
        if any(is_private(name) and name.split(".")[0] not in MAY_IMPORT for name in imported(path))
    }
    assert private - listed == set()
    assert private


@pytest.mark.parametrize(
    ("module", "private"),
    [("dagster._core.storage", True), ("_pytest.fixtures", True), ("dagster.core", False), ("__future__.x", False)],
)
def test_a_private_module_is_told_from_a_public_one(module: str, private: bool) -> None:
    assert is_private(module) == private


@pytest.mark.parametrize(
    ("ours", "theirs", "methods"),
    [
        (EventHistory, SqliteEventLogStorage, ["run_connection", "index_connection", "has_secondary_index"]),
        (DbtProcess, DbtCliResource, ["_initialize_dbt_core_adapter"]),
        (SchemaTranslator, DagsterDbtTranslator, ["get_asset_spec", "get_asset_check_spec"]),
        (plugin("named_files"), BasePlugin, ["initialize", "update_connection_config"]),
        (plugin("memory_limit"), BasePlugin, ["initialize", "update_connection_config"]),
    ],
)
def test_what_is_overridden_is_there_in_the_library(ours: type, theirs: type, methods: list[str]) -> None:
    assert [name for name in methods if name not in vars(ours) or not hasattr(theirs, name)] == []

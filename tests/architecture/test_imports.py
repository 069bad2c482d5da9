"""Which room may import which: the library below, its readers and checks, Dagster on those, commands on top."""

import json
import os
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from duebook.settings import PROJECT_ROOT
from tests.support.imports import MAY_IMPORT, imported, modules_of

IMPORTS_NOTHING_OF_DAGSTERS = set(MAY_IMPORT) - {"orchestration", "cli"}
# Rooms that have folders in them.
FOLDERS = ("duebook", "orchestration", "cli", "benchmarks")


def folder_of(module: str) -> str | None:
    """The folder a module of the project stands in, dotted; None for what isn't the project's."""
    path = PROJECT_ROOT.joinpath(*module.split("."))
    while path != PROJECT_ROOT:
        if path.with_suffix(".py").is_file():
            return ".".join(path.parent.relative_to(PROJECT_ROOT).parts)
        if (path / "__init__.py").is_file():
            return ".".join(path.relative_to(PROJECT_ROOT).parts)
        path = path.parent
    return None


def circle(reads: dict[str, set[str]]) -> list[str]:
    """Folders that read each other in a circle, or none."""
    try:
        TopologicalSorter(reads).prepare()
    except CycleError as error:
        return error.args[1]
    return []


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_the_rooms_below_it(tracked_files: list[Path], room: str) -> None:
    others = set(MAY_IMPORT) - {room} - MAY_IMPORT[room]
    wrong = {
        path.relative_to(PROJECT_ROOT).as_posix(): sorted(found)
        for path in modules_of(tracked_files, room)
        if (found := {name for name in imported(path) if name.split(".")[0] in others})
    }
    assert wrong == {}


@pytest.mark.parametrize("room", sorted(IMPORTS_NOTHING_OF_DAGSTERS))
def test_only_the_definitions_know_dagster(tracked_files: list[Path], room: str) -> None:
    knowing = [
        path.relative_to(PROJECT_ROOT).as_posix()
        for path in modules_of(tracked_files, room)
        if any(name.split(".")[0].startswith("dagster") for name in imported(path))
    ]
    assert knowing == []


def test_no_folders_import_each_other_in_a_circle(tracked_files: list[Path]) -> None:
    reads: dict[str, set[str]] = {}
    for path in (path for room in FOLDERS for path in modules_of(tracked_files, room)):
        own = ".".join(path.parent.relative_to(PROJECT_ROOT).parts)
        found = {folder for name in imported(path) if (folder := folder_of(name)) is not None}
        reads.setdefault(own, set()).update(found - {own})
    assert circle(reads) == []


def test_a_circle_is_found_and_a_line_is_not() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) != []
    assert circle({"a": {"b"}, "b": {"c"}}) == []


def test_readers_open_publications_and_the_manifest_by_the_library(tracked_files: list[Path]) -> None:
    opened = {
        path.relative_to(PROJECT_ROOT).as_posix()
        for room in ("explain", "statements", "dashboard", "catalogue", "cli", "orchestration")
        for path in modules_of(tracked_files, room)
        if re.search(r"\bduckdb\.connect\(|[\"']manifest\.json[\"']", path.read_text(encoding="utf-8"))
    }
    # A landing is checked in a database of its own.
    assert opened == {"cli/check_landing.py"}


# Imports every module, and reports what this changed of the environment and which files of the project it read.
IMPORT_ALL = """
import importlib, json, os, sys
root, names = sys.argv[1], sys.argv[2:]
read = set()
def heard(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(root):
        read.add(arguments[0])
    if event == "subprocess.Popen" and root in str(arguments[1]):
        read.add(f"a program: {arguments[1]}")
before = dict(os.environ)
sys.addaudithook(heard)
for name in names:
    importlib.import_module(name)
changed = {name for name in before.keys() | os.environ.keys() if before.get(name) != os.environ.get(name)}
print(json.dumps({"changed": sorted(changed), "read": sorted(read)}))
"""
# Dagster imports it to get the definitions; `python -m` runs the other.
MADE_WHEN_IMPORTED = {"orchestration.definitions", "cli.__main__"}


def what_importing_does(root: Path, names: list[str]) -> dict[str, list[str]]:
    """Import modules in a new process; the variables that changed, and the files beside Python's own that were read."""
    command = [sys.executable, "-c", IMPORT_ALL, str(root), *names]
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True)
    does = json.loads(done.stdout.splitlines()[-1])
    own = [file for file in does["read"] if "/.venv/" not in file and not re.search(r"\.pyc?(\.\d+)?$", file)]
    return does | {"read": own}


@pytest.mark.long
def test_importing_a_module_changes_no_environment_and_reads_nothing(tracked_files: list[Path]) -> None:
    rooms = set(MAY_IMPORT) - {"sample", "benchmarks"}
    modules = {
        ".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts).removesuffix(".__init__")
        for room in rooms
        for path in modules_of(tracked_files, room)
    }
    assert modules >= MADE_WHEN_IMPORTED
    does = what_importing_does(PROJECT_ROOT, sorted(modules - MADE_WHEN_IMPORTED))
    assert does == {"changed": [], "read": []}


def test_a_module_that_writes_the_environment_or_reads_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "settings.yml").write_text("a: 1\n")
    (tmp_path / "quiet.py").write_text("import os\n\ndef name() -> str:\n    return os.environ['HOME']\n")
    (tmp_path / "loud.py").write_text(
        "import os\nfrom pathlib import Path\n\nos.environ['A_SWITCH'] = 'on'\n"
        "Path(__file__).with_name('settings.yml').read_text()\n"
        "import subprocess\nsubprocess.run(['true', __file__])\n"
    )
    assert what_importing_does(tmp_path, ["quiet"]) == {"changed": [], "read": []}
    assert what_importing_does(tmp_path, ["loud"]) == {
        "changed": ["A_SWITCH"],
        "read": [str(tmp_path / "settings.yml"), f"a program: ['true', '{tmp_path / 'loud.py'}']"],
    }

"""Which room may import which: the library below, its readers and checks, Dagster on those, commands on top."""

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from duebook.settings import PROJECT_ROOT
from tests.support.imports import MAY_IMPORT, imported, modules_of

IMPORTS_NOTHING_OF_DAGSTERS = set(MAY_IMPORT) - {"orchestration", "cli"}
# Rooms that have folders in them.
FOLDERS = ("duebook", "orchestration", "cli")


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
        for room in ("explain", "dashboard", "catalogue", "cli", "orchestration")
        for path in modules_of(tracked_files, room)
        if re.search(r"\bduckdb\.connect\(|[\"']manifest\.json[\"']", path.read_text(encoding="utf-8"))
    }
    # A landing is checked in a database of its own.
    assert opened == {"cli/check_landing.py"}

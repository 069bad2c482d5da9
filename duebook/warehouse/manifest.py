"""dbt's manifest of the project, and whether it is as new as the project's files.

Not here: parsing the project (parsing.py). This module imports no large library, so that it can be used at once.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from duebook.settings import DBT_PROJECT_DIR, PROJECT_ROOT, REFERENCE_SEEDS_DIR

# The project's own target folder: MetricFlow only reads its manifest, which is written with this one, from there.
MANIFEST = DBT_PROJECT_DIR / "target" / "manifest.json"
# What dbt writes beside a manifest, so that it parses again only what has changed.
PARTIAL_PARSE = "partial_parse.msgpack"
# Written by dbt itself: the manifest doesn't depend on these.
WRITTEN_BY_DBT = {"target", "logs", ".user.yml"}
# Written by Python beside a module, the first time it is used.
BYTECODE = "__pycache__"


def is_stale(manifest: Path) -> bool:
    """Return whether it was parsed elsewhere, or a file it depends on is newer (or a folder: a file was removed)."""
    if not parsed_here(manifest):
        return True
    made = manifest.stat().st_mtime_ns
    return any(path.stat().st_mtime_ns > made for path in _made_from())


def read_manifest(folder: Path = MANIFEST.parent) -> dict[str, Any]:
    """Read the manifest in a target folder (default: the project's own).

    Raises:
        FileNotFoundError: dbt hasn't parsed anything there.
    """
    return json.loads((folder / MANIFEST.name).read_bytes())


def parsed_here(manifest: Path) -> bool:
    """Return whether the manifest names this folder, by its absolute path, as the place of the seeds.

    After the checkout was moved it names another folder, and after `dbt parse --project-dir dbt_project` a relative
    path: dbt would look for seed files there, and parsing only the changed files doesn't correct it.
    """
    try:
        nodes = read_manifest(manifest.parent)["nodes"].values()
    except (FileNotFoundError, ValueError):  # None yet, or another dbt is writing it.
        return False
    roots = {node["root_path"] for node in nodes if node["resource_type"] == "seed"}
    return all(Path(root).is_absolute() and Path(root).resolve() == DBT_PROJECT_DIR.resolve() for root in roots)


def remove_foreign_partial_parse(target: Path) -> None:
    """Remove dbt's partial parse from a target folder if the project was parsed in another folder."""
    if not parsed_here(target / MANIFEST.name):
        (target / PARTIAL_PARSE).unlink(missing_ok=True)


def project_files() -> list[Path]:
    """Return every file the models depend on: the lock file, the dbt project, the reference data."""
    return [path for path in _made_from() if path.is_file()]


def _made_from() -> Iterator[Path]:
    yield PROJECT_ROOT / "requirements.lock"
    for top in DBT_PROJECT_DIR.iterdir():
        if top.name not in WRITTEN_BY_DBT:
            yield top
            yield from (path for path in top.rglob("*") if BYTECODE not in path.parts)
    yield from REFERENCE_SEEDS_DIR.rglob("*")

"""What dbt wrote when it last parsed the project, and whether that is as new as the project's files.

Not here: parsing it anew (parsing.py). Nothing heavy is imported here, so that asking takes a moment only.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from duebook.settings import DBT_PROJECT_DIR, PROJECT_ROOT, REFERENCE_SEEDS_DIR

# The project's own target folder: MetricFlow reads its manifest, made with this one, from there and nowhere else.
MANIFEST = DBT_PROJECT_DIR / "target" / "manifest.json"
# dbt's own output, and nothing the manifest is made from.
WRITTEN_BY_DBT = {"target", "logs", ".user.yml"}


def is_stale(manifest: Path) -> bool:
    """Say whether it was parsed elsewhere, or any file it is made from is newer (a folder is when a file left it)."""
    if not parsed_here(manifest):
        return True
    made = manifest.stat().st_mtime_ns
    return any(path.stat().st_mtime_ns > made for path in _made_from())


def read_manifest(folder: Path = MANIFEST.parent) -> dict[str, Any]:
    """Read what dbt wrote in a target folder; the project's own unless told otherwise.

    Raises:
        FileNotFoundError: dbt hasn't parsed anything there.
    """
    return json.loads((folder / MANIFEST.name).read_bytes())


def parsed_here(manifest: Path) -> bool:
    """Say whether the manifest has its seeds in this folder, by its whole path.

    It has another's after the checkout was moved, and a relative one after `dbt parse --project-dir dbt_project`: dbt
    would look for seed files there, and parsing only what changed leaves it so.
    """
    try:
        nodes = read_manifest(manifest.parent)["nodes"].values()
    except (FileNotFoundError, ValueError):  # None yet, or another dbt is writing it.
        return False
    roots = {node["root_path"] for node in nodes if node["resource_type"] == "seed"}
    return all(Path(root).is_absolute() and Path(root).resolve() == DBT_PROJECT_DIR.resolve() for root in roots)


def remove_foreign_partial_parse(target: Path) -> None:
    """Remove from a target folder what dbt would go on from, if another checkout parsed it, or this one elsewhere."""
    if not parsed_here(target / MANIFEST.name):
        (target / "partial_parse.msgpack").unlink(missing_ok=True)


def project_files() -> list[Path]:
    """Return every file the models are made from: the lock, the dbt project, the reference data."""
    return [path for path in _made_from() if path.is_file()]


def _made_from() -> Iterator[Path]:
    yield PROJECT_ROOT / "requirements.lock"
    for top in DBT_PROJECT_DIR.iterdir():
        if top.name not in WRITTEN_BY_DBT:
            yield top
            yield from top.rglob("*")
    yield from REFERENCE_SEEDS_DIR.rglob("*")

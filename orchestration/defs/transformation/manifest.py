"""What dbt wrote when it last parsed the project, and whether that is as new as the project's files.

Not here: parsing it anew (parsing.py). Nothing heavy is imported here, so that asking costs nothing.
"""

from collections.abc import Iterator
from pathlib import Path

from orchestration.settings import DBT_PROJECT_DIR, PROJECT_ROOT, REFERENCE_SEEDS_DIR

# The project's own target folder: MetricFlow reads its manifest, made with this one, from there and nowhere else.
MANIFEST = DBT_PROJECT_DIR / "target" / "manifest.json"
# dbt's own output, and nothing the manifest is made from.
WRITTEN_BY_DBT = {"target", "logs", ".user.yml"}


def is_stale(manifest: Path) -> bool:
    """Say whether any file the manifest is made from is newer than it (a folder is newer when a file left it)."""
    if not manifest.exists():
        return True
    made = manifest.stat().st_mtime_ns
    return any(path.stat().st_mtime_ns > made for path in _made_from())


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

"""What the rules look at: the project's manifest and the files git tracks."""

import json
import subprocess
from pathlib import Path

import pytest

from duebook.settings import PROJECT_ROOT
from duebook.warehouse.manifest import MANIFEST


@pytest.fixture(scope="session")
def manifest() -> dict:
    # As new as its files: they are parsed before any test starts (tests/conftest.py).
    return json.loads(MANIFEST.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def models(manifest: dict) -> dict[str, dict]:
    """Every model of the project by name."""
    return {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}


@pytest.fixture(scope="session")
def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := PROJECT_ROOT / name).is_file()]

"""The version of this code. Not here: what depends on it."""

import tomllib

from duebook.settings import PROJECT_ROOT


def duebook_version() -> str:
    """Return the version of this code."""
    return tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

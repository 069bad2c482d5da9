"""No test reads the settings of whoever runs it, or writes outside its own temporary folders."""

import os
import shutil
import tempfile
from pathlib import Path

_home = Path(tempfile.mkdtemp(prefix="duebook tests "))


def pytest_configure() -> None:
    """Forget the user's settings before anything of the project is imported."""
    for name in [name for name in os.environ if name.startswith(("DUEBOOK_", "DAGSTER_HOME"))]:
        del os.environ[name]
    os.environ["DUEBOOK_HOME"] = str(_home)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_home, ignore_errors=True)

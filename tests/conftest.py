"""No test reads the settings of whoever runs it, or writes outside its own temporary folders; two processes run them.

Those of one file stay together in one process.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.processes import COMPILED_FOLDER

_home = Path(tempfile.mkdtemp(prefix="duebook tests "))
# The fixture of the refreshed home: a minute of work, done once.
SHARED = "first"


def pytest_configure(config: pytest.Config) -> None:
    """Forget the user's settings before anything of the project is imported."""
    for name in [name for name in os.environ if name.startswith(("DUEBOOK_", "DAGSTER_HOME"))]:
        del os.environ[name]
    os.environ["DUEBOOK_HOME"] = str(_home)
    if not hasattr(config, "workerinput"):
        os.environ[COMPILED_FOLDER] = str(_home / "compiled")
        # Before any process needs the manifest, so that no two write it at once.
        from orchestration.defs.transformation.parsing import finish_parsing

        finish_parsing()


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_home, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that need the refreshed home come first: they take longest, and the other process does the rest."""
    sharing = {item.path for item in items if SHARED in item.fixturenames}
    items.sort(key=lambda item: item.path not in sharing)


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory):
    """The first refresh of a home whose path has spaces: its settings, what the command printed, the marts."""
    from orchestration.settings import Settings
    from tests.integration.refreshing import make_refresh, marts

    home = tmp_path_factory.mktemp("refresh") / "a home with spaces"
    done = make_refresh(home)
    assert done.returncode == 0, done.stdout + done.stderr
    settings = Settings(home=home)
    return settings, done.stdout, marts(settings.published_file)

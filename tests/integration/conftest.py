"""One refresh of the embedded sample, shared by all tests that need a refreshed home."""

import pytest

from orchestration.settings import Settings
from tests.integration.refreshing import make_refresh, marts


@pytest.fixture(scope="session")
def first(tmp_path_factory):
    """The first refresh of a home whose path has spaces: its settings, what the command printed, the marts."""
    home = tmp_path_factory.mktemp("refresh") / "a home with spaces"
    done = make_refresh(home)
    assert done.returncode == 0, done.stdout + done.stderr
    settings = Settings(home=home)
    return settings, done.stdout, marts(settings.published_file)

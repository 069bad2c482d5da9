"""Fixtures of tests that need a Postgres server, for the conftest.py of their folders."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.publications.postgres_server import MISSING, Database, binaries, new_database, running


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[Path]:
    """The folder of a running Postgres server; tests that need one are left out where there is none."""
    programs = binaries()
    if programs is None:
        pytest.skip(MISSING)
    with running(programs) as folder:
        yield folder


@pytest.fixture
def database(postgres_folder: Path) -> Database:
    """An empty Postgres database."""
    return new_database(postgres_folder)

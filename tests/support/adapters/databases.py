"""Whether the optional packages are here that attach other databases (`make install ADAPTERS=1`)."""

from importlib.util import find_spec

import pytest


def needs_extension(package: str) -> pytest.MarkDecorator:
    """Mark a test that can't run without one of DuckDB's extensions, such as `sqlite_scanner`."""
    return pytest.mark.skipif(
        find_spec(f"duckdb_extension_{package}") is None,
        reason="no `make install ADAPTERS=1`: no databases are attached",
    )

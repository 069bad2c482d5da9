"""The dbt plugin that limits DuckDB's memory to what the environment says."""

import importlib.util

import pytest
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin

from duebook.settings import DBT_PLUGINS_DIR


@pytest.fixture
def plugin() -> BasePlugin:
    spec = importlib.util.spec_from_file_location("memory_limit", DBT_PLUGINS_DIR / "memory_limit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Plugin(name="memory_limit", plugin_config={"variable": "SO_MUCH"})


@pytest.mark.parametrize(("said", "config"), [("6GB", {"memory_limit": "6GB"}), ("", {})])
def test_duckdb_may_use_what_the_environment_says(
    plugin: BasePlugin, monkeypatch: pytest.MonkeyPatch, said: str, config: dict
) -> None:
    monkeypatch.setenv("SO_MUCH", said)
    options = {}
    plugin.update_connection_config(DuckDBCredentials(database="duebook", schema="main"), options)
    assert options == config

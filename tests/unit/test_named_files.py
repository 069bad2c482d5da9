"""The dbt plugin that opens the files the environment names, in place of the profile's."""

import importlib.util

import pytest
from dbt.adapters.duckdb.credentials import Attachment, DuckDBCredentials
from dbt_common.exceptions import DbtRuntimeError

from orchestration.settings import DBT_PLUGINS_DIR

VARIABLES = {"duebook": "A_WAREHOUSE_FILE", "landed": "A_LANDED_FILE"}


@pytest.fixture
def plugin():
    spec = importlib.util.spec_from_file_location("named_files", DBT_PLUGINS_DIR / "named_files.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Plugin(name="named_files", plugin_config=VARIABLES)


@pytest.fixture
def credentials():
    return DuckDBCredentials(
        database="duebook",
        schema="main",
        path="home/duebook.duckdb",
        attach=[Attachment(path="home/landing.duckdb", alias="landed"), Attachment(path="x.duckdb", alias="other")],
    )


def opened(credentials):
    return [credentials.path, *(attachment.path for attachment in credentials.attach)]


def test_files_the_environment_names_are_opened(plugin, credentials, monkeypatch):
    monkeypatch.setenv("A_WAREHOUSE_FILE", "past/duebook.duckdb")
    monkeypatch.setenv("A_LANDED_FILE", "there/any name.duckdb")
    plugin.update_connection_config(credentials, {})
    assert opened(credentials) == ["past/duebook.duckdb", "there/any name.duckdb", "x.duckdb"]


def test_files_it_does_not_name_are_the_profiles(plugin, credentials):
    plugin.update_connection_config(credentials, {})
    assert opened(credentials) == ["home/duebook.duckdb", "home/landing.duckdb", "x.duckdb"]


def test_a_warehouse_not_named_like_its_database_is_refused_by_name(plugin, credentials, monkeypatch):
    monkeypatch.setenv("A_WAREHOUSE_FILE", "past/try.duckdb")
    with pytest.raises(DbtRuntimeError, match=r"A_WAREHOUSE_FILE names past/try\.duckdb.*duebook\.duckdb"):
        plugin.update_connection_config(credentials, {})

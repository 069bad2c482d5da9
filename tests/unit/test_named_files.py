"""The dbt plugin that opens the files the environment names, in place of the profile's."""

import importlib.util

import pytest
from dbt.adapters.duckdb.credentials import Attachment, DuckDBCredentials
from dbt_common.exceptions import DbtRuntimeError

from duebook.settings import DBT_PLUGINS_DIR

VARIABLES = {"duebook": "A_WAREHOUSE_FILE", "landed": "A_LANDED_FILE"}
CONFIG = {"variables": VARIABLES, "may_be_missing": ["published"]}


@pytest.fixture
def plugin():
    spec = importlib.util.spec_from_file_location("named_files", DBT_PLUGINS_DIR / "named_files.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Plugin(name="named_files", plugin_config=CONFIG)


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


@pytest.mark.parametrize("exists", [True, False])
def test_what_is_not_published_yet_is_an_empty_database(plugin, credentials, tmp_path, exists):
    file = tmp_path / "published.duckdb"
    if exists:
        file.touch()
    published = Attachment(path=str(file), alias="published", read_only=True)
    credentials.attach.append(published)
    plugin.update_connection_config(credentials, {})
    assert (published.path, published.read_only) == ((str(file), True) if exists else (":memory:", False))
    assert opened(credentials)[:3] == ["home/duebook.duckdb", "home/landing.duckdb", "x.duckdb"]

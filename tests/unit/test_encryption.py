"""The key of encrypted databases: where it comes from, and that nothing shows it."""

import importlib.util
from pathlib import Path

import duckdb
import pytest
from dbt.adapters.duckdb.credentials import Attachment, DuckDBCredentials
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.database_files import connect
from duebook.encryption import FEWEST_CHARACTERS, KEY, KEY_FILE, EncryptionError, is_encrypted, keys
from duebook.settings import DBT_PLUGINS_DIR
from expectations.gx_dialect import ReadOnlyDialect

LONG_ENOUGH = "k" * FEWEST_CHARACTERS
FORMER = "f" * FEWEST_CHARACTERS


@pytest.fixture
def key_file(tmp_path, monkeypatch) -> Path:
    """The file the environment names, for its owner alone."""
    file = tmp_path / "key"
    file.write_text(LONG_ENOUGH)
    file.chmod(0o600)
    monkeypatch.setenv(KEY_FILE, str(file))
    return file


def test_without_a_key_there_is_none():
    assert keys() == ()


def test_the_first_key_of_a_file_is_the_present_one_and_the_others_are_former_ones(key_file):
    key_file.write_text(f"{LONG_ENOUGH}\n{FORMER}\n")
    assert keys() == (LONG_ENOUGH, FORMER)


def test_a_key_comes_from_the_environment_or_a_file_and_not_from_both(key_file, monkeypatch):
    monkeypatch.setenv(KEY, LONG_ENOUGH)
    with pytest.raises(EncryptionError, match=f"{KEY} and {KEY_FILE} are both set: expected one of them"):
        keys()
    monkeypatch.delenv(KEY_FILE)
    assert keys() == (LONG_ENOUGH,)


def test_a_key_that_could_be_guessed_is_refused_and_not_shown(key_file):
    key_file.write_text(LONG_ENOUGH[1:])
    with pytest.raises(EncryptionError, match="at least 32 characters") as refused:
        keys()
    assert LONG_ENOUGH[1:] not in str(refused.value)
    key_file.write_text(LONG_ENOUGH)
    assert keys() == (LONG_ENOUGH,)


@pytest.mark.parametrize("empty", ["", "\n \n"])
def test_a_file_without_a_key_is_refused(key_file, empty):
    key_file.write_text(empty)
    with pytest.raises(EncryptionError, match="expected keys of at least"):
        keys()


@pytest.mark.parametrize("mode", [0o604, 0o620, 0o644])
def test_a_file_that_others_may_read_or_the_group_may_change_is_refused(key_file, mode):
    key_file.chmod(mode)
    with pytest.raises(EncryptionError, match=f"{key_file}, which others may read or change: `chmod 600 {key_file}`"):
        keys()


def test_a_file_that_its_group_may_read_is_taken(key_file):
    key_file.chmod(0o440)
    assert keys() == (LONG_ENOUGH,)


def test_a_file_that_is_not_there_is_named(key_file):
    key_file.unlink()
    with pytest.raises(EncryptionError, match=rf"{KEY_FILE} names {key_file}, which can't be read: No such file"):
        keys()


def test_a_command_says_what_is_wrong_with_a_key_before_it_does_anything(key_file, tmp_path):
    key_file.chmod(0o644)
    done = CliRunner().invoke(app, ["doctor", "--home", str(tmp_path / "home")])
    assert (done.exit_code, done.stderr) == (
        ExitCode.USAGE,
        f"{KEY_FILE} names {key_file}, which others may read or change: `chmod 600 {key_file}`.\n",
    )


def test_the_key_itself_is_no_option_of_any_command_and_a_variable_of_the_environment(monkeypatch, tmp_path):
    given = CliRunner().invoke(app, ["refresh", f"--encryption-key={LONG_ENOUGH}"])
    assert (given.exit_code, "No such option" in given.output) == (ExitCode.USAGE, True)
    monkeypatch.setenv(KEY, LONG_ENOUGH)
    done = CliRunner().invoke(app, ["doctor", "--home", str(tmp_path)])
    assert "Nothing was refreshed" in done.stderr


@pytest.fixture
def plugin(monkeypatch):
    """dbt's plugin, as it is made where there is a key."""
    monkeypatch.setenv(KEY, LONG_ENOUGH)
    spec = importlib.util.spec_from_file_location("encrypted_files", DBT_PLUGINS_DIR / "encrypted_files.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Plugin(name="it", plugin_config={"variables": [KEY, KEY_FILE], "databases": ["landed"]})


def opened_by_dbt(plugin, folder: Path) -> tuple[DuckDBCredentials, duckdb.DuckDBPyConnection]:
    """What dbt-duckdb does with a plugin, in its order."""
    landed = Attachment(path=str(folder / "landing.duckdb"), alias="landed", read_only=True)
    credentials = DuckDBCredentials(
        database="duebook", schema="main", path=str(folder / "duebook.duckdb"), attach=[landed]
    )
    config = {}
    plugin.update_connection_config(credentials, config)
    connection = duckdb.connect(credentials.path, config=config)
    plugin.configure_connection(connection)
    for attachment in credentials.attach:
        connection.execute(attachment.to_sql())
    cursor = connection.cursor()
    plugin.configure_cursor(cursor)
    return credentials, cursor


def test_dbt_builds_an_encrypted_warehouse_from_encrypted_rows_and_is_told_no_key(plugin, tmp_path):
    with connect(tmp_path / "landing.duckdb") as landing:
        landing.execute("create table landed_row as select 'landed' as said")
    for created in ("create table model as from landed.landed_row", "create or replace table model as from model"):
        credentials, cursor = opened_by_dbt(plugin, tmp_path)
        cursor.execute(created)
        assert cursor.execute("select said from duebook.main.model").fetchall() == [("landed",)]
        assert LONG_ENOUGH not in repr(credentials)
        cursor.close()
        plugin.initialize({"variables": [KEY], "databases": ["landed"]})
    assert is_encrypted(tmp_path / "duebook.duckdb")


def test_dbt_opens_a_warehouse_that_is_not_encrypted_as_it_is(plugin, tmp_path):
    for name in ("landing", "duebook"):
        duckdb.connect(tmp_path / f"{name}.duckdb").close()
    credentials, cursor = opened_by_dbt(plugin, tmp_path)
    cursor.execute("create table model as select 1 as one")
    assert credentials.path == str(tmp_path / "duebook.duckdb")


def test_great_expectations_reads_an_encrypted_file_and_another_beside_it(monkeypatch, tmp_path):
    monkeypatch.setenv(KEY, LONG_ENOUGH)
    for name in ("landing", "duebook"):
        with connect(tmp_path / f"{name}.duckdb") as con:
            con.execute(f"create schema raw; create table raw.said as select '{name}' as name")
    beside = {"landed": str(tmp_path / "landing.duckdb")}
    dialect = ReadOnlyDialect()
    # Those that are open at the same time share the file.
    opened = [dialect.connect(str(tmp_path / "duebook.duckdb"), "raw", beside) for _ in range(2)]
    for connection in opened:
        cursor = connection.cursor()
        cursor.execute("select said.name, other.name from said, landed.raw.said as other")
        assert cursor.fetchall() == [("duebook", "landing")]
        connection.close()
    connect(tmp_path / "duebook.duckdb").close()

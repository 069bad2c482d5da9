"""Backup and restore, as a drill: the home is lost, put back, and refreshed on."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.backup import BackupError, back_up, restore
from duebook.doctor.folder import rights
from duebook.home import only_writer
from duebook.settings import Settings
from tests.support.refreshes.running import marts, refresh


@pytest.fixture
def home(first, tmp_path: Path) -> Settings:
    copy = tmp_path / "a home"
    shutil.copytree(first[0].home, copy, symlinks=True)
    return Settings(home=copy)


def test_what_is_published_and_landed_is_there_again_and_nothing_that_can_be_made(
    home: Settings, tmp_path: Path
) -> None:
    before = marts(home.published_file)
    backup = back_up(home, tmp_path / "backups", print)
    shutil.rmtree(home.home)
    restore(home, backup, print)
    assert marts(home.published_file) == before
    assert home.landed_file.read_bytes() == (backup / "warehouse" / "landing.duckdb").read_bytes()
    assert not home.warehouse_file.exists()
    assert (home.published_dir / "parquet").resolve().is_relative_to(home.home)


def test_reference_files_of_the_home_are_there_again(home: Settings, tmp_path: Path) -> None:
    file = home.reference_dir / "credit_collection_roles.csv"
    file.parent.mkdir()
    file.write_text("role,description\ndunning_clerk,Writes reminders\n")
    backup = back_up(home, tmp_path / "backups", print)
    shutil.rmtree(home.home)
    restore(home, backup, print)
    assert file.read_text() == "role,description\ndunning_clerk,Writes reminders\n"


def test_a_restored_home_is_read_by_nobody_else_whatever_the_umask(home: Settings, tmp_path: Path) -> None:
    backup = back_up(home, tmp_path / "backups", print)
    shutil.rmtree(home.home)
    before = os.umask(0o022)
    try:
        restore(home, backup, print)
    finally:
        os.umask(before)
    assert home.landed_file.parent.stat().st_mode & 0o777 == 0o700
    assert rights(home).findings == ()


@pytest.mark.long
def test_a_restored_home_is_refreshed_on_to_the_same_marts(home: Settings, tmp_path: Path) -> None:
    before = marts(home.published_file)
    backup = back_up(home, tmp_path / "backups", print)
    shutil.rmtree(home.home)
    restore(home, backup, print)
    done = refresh(home.home)
    assert done.returncode == 0, done.stdout
    assert marts(home.published_file) == before


def test_a_home_that_holds_something_is_not_overwritten(home: Settings, tmp_path: Path) -> None:
    backup = back_up(home, tmp_path / "backups", print)
    with pytest.raises(BackupError, match="is not empty: name a new home"):
        restore(home, backup, print)


def test_a_damaged_backup_is_named_and_restores_nothing(home: Settings, tmp_path: Path) -> None:
    backup = back_up(home, tmp_path / "backups", print)
    (backup / "warehouse" / "landing.duckdb").write_bytes(b"junk" * 5000)
    other = Settings(home=tmp_path / "another home")
    with pytest.raises(BackupError, match=r"landing\.duckdb is damaged"):
        restore(other, backup, print)
    assert not other.home.exists()


def test_a_damaged_home_is_not_backed_up_and_nothing_is_left_of_the_try(home: Settings, tmp_path: Path) -> None:
    home.published_file.write_bytes(b"junk" * 5000)
    with pytest.raises(BackupError, match=rf"^{re.escape(str(home.published_file))} is damaged"):
        back_up(home, tmp_path / "backups", print)
    assert not (tmp_path / "backups").exists()


def test_a_backup_is_not_made_inside_what_it_copies(home: Settings) -> None:
    with pytest.raises(BackupError, match="is inside what is copied"):
        back_up(home, home.published_dir / "backups", print)


def test_some_folder_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"is no backup of a home: it has no warehouse/landing\.duckdb"):
        restore(Settings(home=tmp_path / "home"), tmp_path, print)


def test_the_commands_say_where_and_their_exit_codes_are_those_they_tell(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = ["backup", "--home", str(home.home), "--to", str(tmp_path / "backups")]
    done = CliRunner().invoke(app, to)
    assert (done.exit_code, done.output.splitlines()[-1].startswith(f"Backup: {tmp_path}")) == (0, True)
    [backup] = (tmp_path / "backups").iterdir()
    restored = CliRunner().invoke(app, ["restore", "--home", str(tmp_path / "new"), "--from", str(backup)])
    assert (restored.exit_code, restored.output.splitlines()[-1]) == (
        0,
        f"Restored: {tmp_path / 'new'}. The next refresh builds its warehouse again.",
    )
    assert CliRunner().invoke(app, [*to[:-1], ""]).exit_code == ExitCode.USAGE
    again = CliRunner().invoke(app, ["restore", "--home", str(tmp_path / "new"), "--from", str(backup)])
    assert again.exit_code == ExitCode.FAILED
    monkeypatch.setattr("duebook.home._held_by_this_process", set())
    with only_writer(home):
        monkeypatch.setattr("duebook.home._held_by_this_process", set())
        assert CliRunner().invoke(app, to).exit_code == ExitCode.BUSY


def test_without_a_landing_a_home_is_backed_up_and_restored_and_json_is_one_document(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUEBOOK_LANDING", str(tmp_path / "gone"))
    to = ["backup", "--home", str(home.home), "--to", str(tmp_path / "backups"), "--json"]
    backup = json.loads(CliRunner().invoke(app, to).stdout)["backup"]
    new = str(tmp_path / "new")
    restored = CliRunner().invoke(app, ["restore", "--home", new, "--from", backup, "--json"])
    assert json.loads(restored.stdout) == {"restored": new}
    assert "warehouse" in restored.stderr

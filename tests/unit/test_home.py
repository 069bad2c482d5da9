"""One writer a home, however the last one ended."""

import os
import signal
import subprocess
import sys

import dagster as dg
import pytest
import yaml
from pydantic import SecretStr

from duebook.home import HomeIsBusyError, only_writer, prepare_home
from duebook.settings import PROJECT_ROOT, Settings

HOLD = """
import sys
from pathlib import Path
from duebook.home import only_writer
from duebook.settings import Settings
with only_writer(Settings(home=Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "a home")


@pytest.fixture
def other_writer(settings):
    """Another process that holds the home's lock until it is told to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(settings.home)],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_a_second_writer_is_told_who_the_first_is(settings, other_writer):
    with pytest.raises(HomeIsBusyError, match=rf"process {other_writer.pid}, since \d{{4}}-"), only_writer(settings):
        pass


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\xff\xfe"),
        *(pytest.param(one, marks=pytest.mark.long) for one in (b"junk", b"[1]", b"7", b'{"pid": 1}', b"{")),
    ],
)
def test_a_held_lock_with_anything_in_it_is_held(settings, other_writer, content):
    settings.lock_file.write_bytes(content)
    with pytest.raises(HomeIsBusyError) as busy, only_writer(settings):
        pass
    assert str(busy.value) == f"Another refresh is under way in {settings.home} (it does not say which)."


def test_a_killed_writer_does_not_lock_the_home(settings, other_writer):
    other_writer.send_signal(signal.SIGKILL)
    other_writer.wait()
    with only_writer(settings):
        assert str(os.getpid()) in settings.lock_file.read_text()


def test_who_waits_gets_the_home_when_the_other_is_done(settings, other_writer):
    told = []

    def tell(message):
        told.append(message)
        other_writer.stdin.close()

    with only_writer(settings, wait_seconds=60, tell=tell):
        assert len(told) == 1


def test_the_writer_itself_may_ask_again(settings):
    with only_writer(settings), only_writer(settings):
        pass
    with only_writer(settings):
        pass


def test_another_home_is_another_lock(settings, other_writer, tmp_path):
    with only_writer(Settings(home=tmp_path / "another home")):
        pass


@pytest.fixture
def umask():
    """The umask of whoever runs the tests, put back."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_what_is_written_from_now_on_is_for_the_group_at_most_and_landed_rows_for_nobody_else(
    settings, umask, monkeypatch
):
    monkeypatch.setenv("DAGSTER_HOME", "")
    prepare_home(settings)
    (settings.logs_dir / "a.log").touch()
    (settings.logs_dir / "below").mkdir()
    modes = {path: path.stat().st_mode & 0o777 for path in settings.home.rglob("*")}
    assert modes.pop(settings.warehouse_file.parent) == 0o700
    assert set(modes.values()) == {0o640, 0o750}
    assert settings.home.stat().st_mode & 0o777 == 0o750


def test_what_a_tool_copied_with_its_rights_is_for_the_group_at_most_afterwards(settings, umask):
    with only_writer(settings):
        copied = settings.dbt_dir / "partial_parse.msgpack"
        copied.parent.mkdir()
        copied.touch()
        copied.chmod(0o644)
    assert (copied.stat().st_mode & 0o777, copied.parent.stat().st_mode & 0o777) == (0o640, 0o750)


@pytest.mark.parametrize(("url", "mode"), [(None, 0o600), (SecretStr("thrift://host:10000"), 0o640)])
def test_landed_rows_that_a_cluster_reads_are_read_by_its_group_too(settings, umask, url, mode):
    of_cluster = settings.model_copy(update={"engine": "spark", "engine_url": url})
    with only_writer(of_cluster):
        landed = of_cluster.spark_dir / "raw" / "rows.parquet"
        landed.parent.mkdir(parents=True)
        landed.touch()
        landed.chmod(0o644)
    assert landed.stat().st_mode & 0o777 == mode


def test_a_stricter_umask_stays(settings, umask, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", "")
    os.umask(0o077)
    prepare_home(settings)
    assert os.umask(0o022) == 0o077


def test_dagster_gets_its_settings_once_and_they_are_the_users_from_then_on(settings, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", "")
    prepare_home(settings)
    copied = settings.dagster_home / "dagster.yaml"
    assert os.environ["DAGSTER_HOME"] == str(settings.dagster_home)
    assert yaml.safe_load(copied.read_text())["telemetry"] == {"enabled": False}
    with dg.DagsterInstance.get() as instance:
        waits = (instance.code_server_process_startup_timeout, instance.code_server_reload_timeout)
    assert waits == (1800, 1800), "a busy machine needs more than Dagster's 180 seconds"
    copied.write_text("telemetry: {enabled: false}  # mine\n")
    prepare_home(settings)
    assert copied.read_text().endswith("# mine\n")

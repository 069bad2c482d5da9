"""A whole refresh with a key: what it publishes, and where the key is seen meanwhile and afterwards."""

import subprocess
import threading
from pathlib import Path

import pytest

from duebook.encrypted_home import private_files
from duebook.encryption import KEY_FILE, is_encrypted
from duebook.settings import DBT_PROJECT_DIR, Settings
from tests.support.refreshes.running import marts, refresh

# Nothing else has this text in it.
KEY = b"a-key-that-nothing-else-has-in-it-0123456789"


def arguments_of_processes(seen: set[bytes], ended: threading.Event) -> None:
    """Note the arguments of all processes, again and again."""
    while not ended.wait(0.2):
        seen.update(
            subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, check=True).stdout.splitlines()
        )


def holding_the_key(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and KEY in file.read_bytes()]


@pytest.mark.long
def test_a_refresh_with_a_key_publishes_the_same_and_shows_the_key_nowhere(first, tmp_path, monkeypatch) -> None:
    key_file = tmp_path / "key"
    key_file.write_bytes(KEY)
    key_file.chmod(0o600)
    monkeypatch.setenv(KEY_FILE, str(key_file))
    home = Settings(home=tmp_path / "home")
    seen: set[bytes] = set()
    ended = threading.Event()
    looking = threading.Thread(target=arguments_of_processes, args=(seen, ended))
    looking.start()
    try:
        done = refresh(home.home)
    finally:
        ended.set()
        looking.join()
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(private_files(home)) == 3
    assert all(map(is_encrypted, private_files(home)))
    # dbt was among them, which is started with arguments of its own.
    assert any(b"dbt_process.py build" in line for line in seen)
    assert not any(KEY in line for line in seen)
    assert KEY.decode() not in done.stdout + done.stderr
    assert holding_the_key(home.home) + holding_the_key(DBT_PROJECT_DIR) == []
    settings, *_ = first
    assert marts(home.published_file) == marts(settings.published_file)

"""`duebook encrypt` killed by SIGKILL at each of its steps: the home opens with the keys there are, and is finished.

Each step of each file is ended once: before its draft is made, in the middle of writing it, before it takes its place,
as it does, and after. Not here: what else becomes of keys (test_encryption.py).
"""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.adapters.engine.state import State, state_file
from duebook.contract import read_contract
from duebook.database_files import connect
from duebook.encrypted_home import DRAFT, private_files, refuse_wrong_keys, warehouses
from duebook.encryption import FEWEST_CHARACTERS, KEY, EncryptionError, is_encrypted
from duebook.publication.personal import write_personal
from duebook.settings import PERSONAL_FILE, PERSONAL_SCHEMA, RAW_SCHEMA, Settings
from tests.support.landing.files import invoices, load, settings_for, write_csv

FIRST, SECOND = (letter * FEWEST_CHARACTERS for letter in "fs")
TEXT = "what was landed"
# Runs the command, and kills it before the n-th call of a function.
KILLED = """
import os, signal, sys
import duebook.encrypted_home, duebook.database_files
from cli.main import app
module, name, number = sys.argv.pop(1), sys.argv.pop(1), int(sys.argv.pop(1))
owner, calls = sys.modules[module], []
real = getattr(owner, name)

def killed(*given, **named):
    calls.append(name)
    if len(calls) == number:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **named)

setattr(owner, name, killed)
app(prog_name="duebook")
"""
HOME, FILES = "duebook.encrypted_home", "duebook.database_files"
# Of four files three are written anew, and the warehouse is removed, after the drafts of a killed run were.
STEPS = {
    "before the first draft": (HOME, "attach_with", 1),
    "with a whole draft": (HOME, "put_in_place", 1),
    "with a draft that has its rights": (FILES, "sync", 1),
    "in its place": (FILES, "sync", 2),
    "between two files": (HOME, "_write_anew", 2),
    "with the last in its place": (FILES, "sync", 6),
    "before the warehouse goes": (HOME, "remove_database", 5),
}


@pytest.fixture(scope="module")
def homes(tmp_path_factory) -> dict[str, Path]:
    """A home in the clear and one under the first key, with rows in the log of a killed load."""
    made = {}
    for key in ("", FIRST):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(KEY, key)
            folder = made[key] = tmp_path_factory.mktemp("of_key")
            settings = settings_for(folder)
            write_csv(folder / "landing" / "ar" / "invoices" / "a.csv", invoices(3, invoice_number=TEXT))
            load(folder)
            with connect(settings.warehouse_file) as warehouse:
                warehouse.execute(f"create schema {PERSONAL_SCHEMA}")
                warehouse.execute(f"create table {PERSONAL_SCHEMA}.written_texts as select '{TEXT}' as written_text")
            with duckdb.connect() as con:
                State(con, state_file(settings, "a_source"), settings.landing, read_contract()).begin()
            settings.published_dir.mkdir()
            write_personal(settings, settings.warehouse_file, settings.published_dir)
            with connect(settings.landed_file) as con:
                con.execute("pragma disable_checkpoint_on_shutdown")
                con.execute(f"create table {RAW_SCHEMA}.further as select 1 as one")
    return made


def kill(settings: Settings, step: str, *options: str) -> int:
    code = ["-c", KILLED, *map(str, STEPS[step])]
    command = [sys.executable, *code, "encrypt", "--home", str(settings.home), *options]
    return subprocess.run(command, capture_output=True, check=False).returncode


def assert_opens(settings: Settings) -> None:
    with connect(settings.landed_file, read_only=True) as con:
        assert con.execute(f"select invoice_number from {RAW_SCHEMA}.invoices").fetchall() == [(TEXT,)] * 3
        assert con.execute(f"select one from {RAW_SCHEMA}.further").fetchall() == [(1,)]
    with connect(settings.published_dir / PERSONAL_FILE, read_only=True) as con:
        assert con.execute(f"select written_text from {PERSONAL_SCHEMA}.written_texts").fetchall() == [(TEXT,)]


@pytest.mark.long
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("had", "keys", "options"),
    [("", FIRST, []), (FIRST, f"{SECOND} {FIRST}", []), (FIRST, FIRST, ["--off"])],
    ids=["on", "another", "off"],
)
def test_a_killed_change_leaves_a_home_that_opens_and_the_same_command_finishes_it(
    homes: dict[str, Path], tmp_path: Path, monkeypatch, had: str, keys: str, options: list[str], step: str
) -> None:
    shutil.copytree(homes[had], tmp_path, dirs_exist_ok=True)
    settings = settings_for(tmp_path)
    monkeypatch.setenv(KEY, keys)
    assert kill(settings, step, *options) == -signal.SIGKILL
    assert_opens(settings)
    if not had and any(map(is_encrypted, private_files(settings))):
        with pytest.raises(EncryptionError, match=r"not encrypted, though a key is given\. Run `duebook encrypt`"):
            refuse_wrong_keys(settings)
    done = CliRunner().invoke(app, ["encrypt", "--home", str(settings.home), *options])
    assert done.exit_code == ExitCode.DONE, done.output
    assert not list(settings.home.rglob(f"*{DRAFT}*"))
    monkeypatch.setenv(KEY, "" if options else keys.split()[0])
    assert_opens(settings)
    refuse_wrong_keys(settings)
    assert {is_encrypted(file) for file in private_files(settings)} == {not options}
    assert not any(file.exists() for file in warehouses(settings))

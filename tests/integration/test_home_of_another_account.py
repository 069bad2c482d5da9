"""A home that may not be read or written: every command says which place and what to do, in one line.

Not here: a landing that may not be read (test_landed_files.py).
"""

import errno
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import main
from cli.exit_codes import ExitCode
from cli.main import app
from duebook.doctor.findings import State
from duebook.doctor.folder import rights
from duebook.landing.load_errors import refused_by_the_system
from duebook.settings import Settings
from tests.support.landing.files import write_text
from tests.support.rights import without_rights

NEEDED = {
    "backup": ["--to", "backups"],
    "refresh": ["--reporting-currency", "EUR"],
    "dashboard": ["--build-only"],
    "statement": ["--customer", "C"],
}
READ_OR_WRITE = ["refresh", "doctor", "publish", "backup", "dashboard", "explain", "statement", "metrics"]
WRITE = ["refresh", "publish", "backup"]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with all its folders, where everybody may enter the folder it is in, as pytest's own are not."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    # Python itself may be where not everybody may read.
    for command in main.COMMANDS:
        main._loaded(command)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = Path(folder, "home")
        write_text(home / "published" / "publication.json", "{}")
        for name in ("refresh.lock", "warehouse/landing.duckdb", "published/duebook.duckdb", "dagster/dagster.yaml"):
            write_text(home / name, "")
        (home / "logs").mkdir()
        yield home
        give(home, 0o700)


def give(home: Path, rights_of_all: int) -> None:
    """Give every folder and file of a home the same rights, from the top on, where the account may enter."""
    for path in (home, *home.rglob("*")):
        path.chmod(rights_of_all if path.is_dir() else rights_of_all & 0o666)


@pytest.mark.parametrize(
    ("command", "its_rights"), [*((one, 0o700) for one in READ_OR_WRITE), *((one, 0o555) for one in WRITE)]
)
def test_a_home_that_another_account_keeps_to_itself_is_named_in_one_line(
    home: Path, command: str, its_rights: int
) -> None:
    give(home, its_rights)
    before = {path: path.lstat() for path in home.rglob("*")}
    with without_rights():
        done = CliRunner().invoke(app, [command, "--home", str(home), *NEEDED.get(command, [])])
    assert (done.exit_code, done.stdout) == (ExitCode.FAILED, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(str(home))
    assert "can't be read or written: Permission denied" in line
    assert "give the account that refreshes the right to read and write there, and " in line
    assert {path: path.lstat() for path in home.rglob("*")} == before


def test_the_doctor_says_that_a_home_can_only_be_read(home: Path) -> None:
    give(home, 0o700)
    settings = Settings(home=home)
    assert rights(settings).state == State.SOUND
    give(home, 0o555)
    with without_rights():
        part = rights(settings)
    assert "can't be written by this account" in "".join(finding.said for finding in part.findings)


def test_files_of_another_account_in_a_home_are_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(home, 0o700)
    monkeypatch.setattr("duebook.doctor.folder._owner", lambda path: 1 if path.name == "landing.duckdb" else 0)
    part = rights(Settings(home=home))
    assert part.state == State.WRONG
    [finding] = part.findings
    assert "1 file of another account than the home, such as " in finding.said
    assert finding.to_do.endswith(f"`chown -R 0 {home}`.")


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_what_a_disk_has_against_a_command_is_said_with_what_to_do(number: int) -> None:
    said = refused_by_the_system(OSError(number, "said by the system", "home/refresh.lock"))
    assert said.startswith("home/refresh.lock can't be read or written: ")
    assert said.endswith(", and try again")


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOENT, "gone", "a file"), OSError(errno.EACCES, "no file"), OSError()]
)
def test_a_mistake_in_the_code_is_not_said_to_be_the_disk_s(error: OSError) -> None:
    assert refused_by_the_system(error) is None

"""A MariaDB server of the tests' own, from the programs of Debian's package `mariadb-server`, and databases in it.

Here: starting and stopping it, its one login, running statements. Not here: what is read from it.
"""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

LOGIN = "reader"
# With everything that needs care in a URL, so that a password which shows somewhere shows as a failure.
PASSWORD = "s3cret:p@ss/w%rd"
MISSING = "There is no MariaDB server here (Debian's package mariadb-server): its tests are left out."
# Found where an administrator's path has them, too.
PLACES = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
PROGRAMS = ("mariadb-install-db", "mariadbd", "mariadb")

_numbers = itertools.count()


@dataclass(frozen=True)
class Database:
    """A database of the server, in which LOGIN may do anything; statements of `run` are an administrator's."""

    folder: Path
    name: str

    def url(self, password: str | None = PASSWORD) -> str:
        secret = "" if password is None else f":{quote(password, safe='')}"
        socket = quote(str(self.folder / "socket"), safe="")
        return f"mysql://{LOGIN}{secret}@localhost/{self.name}?socket={socket}"

    def run(self, statements: str) -> list[list[str]]:
        """Run statements; returns the rows of those that give any, as text."""
        done = _asked(self.folder, statements, self.name)
        assert done.returncode == 0, done.stderr
        return [line.split("\t") for line in done.stdout.splitlines()]


def has_programs() -> bool:
    """Whether a server can be started here."""
    return all(shutil.which(name, path=PLACES) for name in PROGRAMS)


@contextmanager
def running() -> Iterator[Path]:
    """Run a server that listens on a socket in a folder of its own; yields the folder.

    It does not run as root; Debian's package brings a user for it.
    """
    owner = pwd.getpwnam("mysql") if os.geteuid() == 0 else None
    as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    # A socket's path may have about a hundred characters: no folder of pytest's.
    folder = Path(tempfile.mkdtemp(prefix="duebook-mariadb-"))
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o755)
    create, serve, _ = (shutil.which(name, path=PLACES) for name in PROGRAMS)
    own = ["--no-defaults", f"--datadir={folder / 'data'}"]
    try:
        done = subprocess.run(
            [create, *own, "--auth-root-authentication-method=normal", "--skip-test-db"],
            cwd=folder,
            capture_output=True,
            text=True,
            **as_owner,
        )
        assert done.returncode == 0, done.stderr
        listens = [f"--socket={folder / 'socket'}", "--skip-networking", f"--pid-file={folder / 'pid'}"]
        with (
            (folder / "log").open("w") as log,
            subprocess.Popen([serve, *own, *listens], cwd=folder, stdout=log, stderr=log, **as_owner) as server,
        ):
            try:
                _wait_until_ready(folder, server)
                yield folder
            finally:
                server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(folder: Path) -> Database:
    """Make an empty database."""
    database = Database(folder, f"duebook_{next(_numbers)}")
    done = _asked(folder, f"create database {database.name}; grant all on {database.name}.* to {LOGIN}@localhost;")
    assert done.returncode == 0, done.stderr
    return database


def _asked(folder: Path, statements: str, database: str = "") -> subprocess.CompletedProcess[str]:
    client = shutil.which(PROGRAMS[-1], path=PLACES)
    words = ["--no-defaults", f"--socket={folder / 'socket'}", "--user=root", "--batch", "--skip-column-names"]
    return subprocess.run([client, *words, database], input=statements, capture_output=True, text=True)


def _wait_until_ready(folder: Path, server: subprocess.Popen) -> None:
    """Make the login as soon as the server answers."""
    give_up_at = time.monotonic() + 60
    make_login = f"create user if not exists {LOGIN}@localhost identified by '{PASSWORD}';"
    while _asked(folder, make_login).returncode:
        assert server.poll() is None and time.monotonic() < give_up_at, (folder / "log").read_text()

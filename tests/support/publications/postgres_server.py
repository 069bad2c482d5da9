"""A Postgres server of the tests' own, from the binaries of Debian's package `postgresql`, and databases in it.

Here: starting and stopping it, logins, connecting. Not here: what is published to it.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from duebook.publication.postgres.roles import ANALYST, READER, ROLES

ADMIN, PUBLISHER, MAY_READ, MAY_ANALYSE, NOBODY = "admin", "publisher", "rita", "anna", "norman"
# With everything that needs care in a URL, so that a password which shows somewhere shows as a failure.
PASSWORD = "s3cret:p@ss/w%rd"
MISSING = "There is no Postgres server here (Debian's package postgresql): its tests are left out."

_numbers = itertools.count()


@dataclass(frozen=True)
class Database:
    """A database of the server: its logins are PUBLISHER (who may make schemas and roles), MAY_READ and MAY_ANALYSE
    (to whom the roles are granted), NOBODY.
    """

    folder: Path
    name: str

    def url(self, login: str = PUBLISHER, password: str = PASSWORD) -> str:
        return f"postgresql://{login}:{quote(password, safe='')}@/{self.name}?host={quote(str(self.folder), safe='')}"

    def connect(self, login: str = PUBLISHER, **options: object) -> psycopg.Connection:
        return psycopg.connect(self.url(login), **options)

    def read(self, query: str, login: str = PUBLISHER) -> list[tuple]:
        with self.connect(login) as connection:
            return connection.execute(query).fetchall()

    def run(self, *statements: str, login: str = PUBLISHER) -> None:
        with self.connect(login) as connection:
            for statement in statements:
                connection.execute(statement)


def binaries() -> Path | None:
    """Return the folder of the newest server's programs; None where there is none."""
    found = shutil.which("initdb")
    return Path(found).parent if found else max(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, default=None)


def _version(folder: Path) -> int:
    return int(folder.parent.name)


@contextmanager
def running(programs: Path) -> Iterator[Path]:
    """Run a server that listens on a socket in a folder of its own; yields the folder.

    It never runs as root, which it refuses; Debian's package brings a user for it.
    """
    owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    folder = Path(tempfile.mkdtemp(prefix="duebook-pg-"))
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o755)

    data, word = folder / "data", folder / "password"
    create = ["-D", data, "-U", ADMIN, "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", "--pwfile", word]
    serve = ["-D", data, "-F", "-k", folder, "-c", "listen_addresses="]
    try:
        word.write_text(PASSWORD)
        word.chmod(0o644)
        done = subprocess.run([programs / "initdb", *create], cwd=folder, capture_output=True, text=True, **as_owner)
        assert done.returncode == 0, done.stderr
        with (
            (folder / "log").open("w") as log,
            subprocess.Popen([programs / "postgres", *serve], cwd=folder, stdout=log, stderr=log, **as_owner) as server,
        ):
            try:
                _make_logins(Database(folder, "postgres"), server)
                yield folder
            finally:
                # The server's word for: end now, whoever is connected.
                server.send_signal(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(folder: Path) -> Database:
    """Make an empty database that the publisher owns."""
    database = Database(folder, f"duebook_{next(_numbers)}")
    with Database(folder, "postgres").connect(ADMIN, autocommit=True) as admin:
        admin.execute(f"create database {database.name} owner {PUBLISHER}")
    return database


def _make_logins(database: Database, server: subprocess.Popen) -> None:
    """Do what an administrator does once, as soon as the server is ready."""
    with _first_connection(database, server) as admin:
        for login in (PUBLISHER, MAY_READ, MAY_ANALYSE, NOBODY):
            admin.execute(f"create role {login} login password '{PASSWORD}'")
        admin.execute(f"alter role {PUBLISHER} createrole")
        for role in ROLES:
            admin.execute(f"create role {role} nologin")
        admin.execute(f"grant {READER} to {MAY_READ}")
        admin.execute(f"grant {ANALYST} to {MAY_ANALYSE}")


def _first_connection(database: Database, server: subprocess.Popen) -> psycopg.Connection:
    give_up_at = time.monotonic() + 60
    while True:
        assert server.poll() is None, (database.folder / "log").read_text()
        try:
            return database.connect(ADMIN)
        except psycopg.OperationalError:
            assert time.monotonic() < give_up_at, (database.folder / "log").read_text()

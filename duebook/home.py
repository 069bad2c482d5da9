"""The home folder, where everything is written: one writer at a time, and Dagster's instance in it.

Here: making the folders, which publications there are, the lock that a refresh holds, Dagster's own settings. Not here:
where things stand in the home (settings.py), what is written there.
"""

import fcntl
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import TextIO

from duebook.settings import PROJECT_ROOT, Settings

# What the group may not do to a file, and others not at all.
OTHERS = 0o027
# Landed rows stand there, and what is made of them, with all that is personal: for the account that refreshes alone.
OWN = ("warehouse", "adapters", "spark")
ALL_BUT_THE_OWNER = 0o077
# Readers may be given the right to add to the audit log what they explain (docs/guide/operating.md).
ADDED_TO = ("audit",)
NOBODY_ELSE = 0o007
# How many seconds a scheduled run or a landing waits for another writer of the home.
WAIT_SECONDS = 3600
DAGSTER_YAML = PROJECT_ROOT / "orchestration" / "dagster.yaml"
# What Duebook and its tools write, by the folder of the home it stands in; all below such a folder is theirs, too.
# Whatever else lies there is the user's.
MADE = {
    "audit": ("audit.jsonl", "reference.json", "reference.draft"),
    "adapters": ("*.duckdb", "*.draft"),
    "warehouse": ("duebook.*", "landing.*", "to_publish.*", "last_build.*", "as_of", "loading"),
    "published": (
        "duebook.*",
        "publication.*",
        "parquet",
        "parquet-*",
        "personal",
        "dashboard",
        ".dashboard",
        ".publishing",
        "as_of",
    ),
    "spark": ("*",),
    "dbt": (
        *("manifest.json", "semantic_manifest.json", "run_results.json", "catalog.json", "sources.json"),
        *("partial_parse.msgpack", "graph.gpickle", "graph_summary.json", "compiled", "run"),
        *("index.html", "static_index.html", "dbt.log*", "metricflow.log*"),
    ),
    "logs": ("*Z_as_of_*.log", "*Z_as_of_*.bad_rows.csv"),
    "dagster": (
        "dagster.yaml",
        "dagster.draft",
        "history",
        "schedules",
        "storage",
        "logs",
        ".nux",
        ".telemetry",
        ".tmp*",
    ),
}

_held_by_this_process: set[Path] = set()


class HomeIsBusyError(RuntimeError):
    """Another process refreshes the same home right now."""


def published_folders(settings: Settings) -> list[Path]:
    """Return where the current publication stands, and then each folder of a past day's, whether or not it is whole.

    Args:
        settings: whose home.
    """
    return [settings.published_dir, *sorted((settings.published_dir / "as_of").glob("*"))]


def publishing_again(past_day: Path) -> str:
    """Return the command that publishes a past day again.

    Args:
        past_day: the folder of its publication, whose name says which day it is, and as known when.
    """
    day, _, known = past_day.name.partition("_known_")
    return f"`make refresh AS_OF={day}{f' KNOWN_AS_OF={known}' if known else ''}`"


def prepare_home(settings: Settings) -> None:
    """Make the home's folders and point Dagster at its own, for this process and those it starts.

    What is in them is for the account that refreshes and its group, from now on: readers share the group. Where landed
    rows are (``OWN``), it is for the account alone. Dagster's settings are written once; after that they are the
    user's to change.

    Raises:
        OSError: the home can't be written.
    """
    keep_from_others(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    for folder in (settings.warehouse_file.parent, settings.logs_dir, settings.dagster_home):
        folder.mkdir(mode=0o700 if folder.name in OWN else 0o750, exist_ok=True)
    dagster_yaml = settings.dagster_home / "dagster.yaml"
    if not dagster_yaml.exists():
        # As a whole or not at all: half of it would be taken for the user's.
        draft = dagster_yaml.with_suffix(".draft")
        shutil.copyfile(DAGSTER_YAML, draft)
        draft.replace(dagster_yaml)
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)


def keep_from_others(settings: Settings) -> None:
    """Have what is written from now on, and what stands in the home already, be read by its group at most."""
    os.umask(os.umask(0o077) | OTHERS)
    take_from_others(settings)


def take_from_others(settings: Settings) -> None:
    """Have what stands in the home be read by its group at most, or not even by it (``OWN``): also what a tool copied
    with the rights it had.

    Rights are only taken away, never given; and only from what a refresh makes (``MADE``). A folder that also holds
    something else keeps its own.
    """
    for path, rights in made_by_duebook(settings):
        take_path_from_others(path, rights)


def made_by_duebook(settings: Settings) -> Iterator[tuple[Path, int]]:
    """Yield each file and folder that a refresh makes (``MADE``), and what others may not do there.

    A refresh under way may take it away again. A folder that also holds something else is left out.

    Args:
        settings: whose home.
    """
    yield settings.lock_file, OTHERS
    not_allowed = dict.fromkeys(own_folders(settings), ALL_BUT_THE_OWNER) | dict.fromkeys(ADDED_TO, NOBODY_ELSE)
    for name, patterns in MADE.items():
        top, rights = settings.home / name, not_allowed.get(name, OTHERS)
        # What can't be looked into is another account's, or not there.
        entries: list[Path] = []
        with suppress(OSError):
            entries = list(top.iterdir())
        ours = [path for path in entries if any(fnmatch(path.name, pattern) for pattern in patterns)]
        for path in ours:
            yield path, rights
            for folder, folders, files in os.walk(path) if not path.is_symlink() else ():
                for below in (*folders, *files):
                    yield Path(folder, below), rights
        if len(ours) == len(entries):
            yield top, rights


def own_folders(settings: Settings) -> list[str]:
    """Return the folders of a home that are for the account that refreshes alone.

    Args:
        settings: whose home. The server of a cluster, and its workers, may be another account of the group.
    """
    return [name for name in OWN if not (settings.engine_url and name == settings.spark_dir.name)]


def take_path_from_others(path: Path, rights: int = OTHERS) -> None:
    """Take rights from one file or folder, by default so that its group may read it at most, and not what is below."""
    # Another account's are for that one to change, and a link has no rights of its own.
    with suppress(OSError):
        if not path.is_symlink() and path.stat().st_mode & rights:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~rights)


@contextmanager
def only_writer(
    settings: Settings, wait_seconds: float = 0, tell: Callable[[str], None] = lambda message: None
) -> Iterator[None]:
    """Hold the home's lock; a process that holds it already goes straight on. Afterwards others may read nothing of it.

    The lock is the operating system's (flock): it ends with the process, however that ends, so a killed refresh
    never locks out the next one.

    Args:
        settings: whose home.
        wait_seconds: how long to wait for another process to finish.
        tell: gets one message when there is something to wait for.

    Raises:
        HomeIsBusyError: another process holds the lock still; says which and since when.
    """
    if settings.lock_file in _held_by_this_process:
        yield
        return
    settings.lock_file.parent.mkdir(parents=True, exist_ok=True)
    with settings.lock_file.open("a+", encoding="utf-8") as lock:
        _acquire(lock, settings.home, wait_seconds, tell)
        _held_by_this_process.add(settings.lock_file)
        try:
            lock.truncate(0)
            json.dump({"pid": os.getpid(), "started_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"}, lock)
            lock.flush()
            yield
        finally:
            take_from_others(settings)
            lock.truncate(0)
            _held_by_this_process.discard(settings.lock_file)


def writer_of(settings: Settings) -> str | None:
    """Say who writes in a home right now; None if nobody does. The lock isn't taken from anybody who wants it.

    Args:
        settings: whose home.
    """
    try:
        lock = settings.lock_file.open(encoding="utf-8", errors="replace")
    except OSError:
        return None
    with lock:
        # Whoever holds it has written who it is, and whoever gives it back takes that away: only of one that was
        # killed something is left, and only then is the lock tried here.
        if not lock.read():
            return None
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _who(lock, settings.home)
        return None


def _acquire(lock: TextIO, home: Path, wait_seconds: float, tell: Callable[[str], None]) -> None:
    give_up_at = time.monotonic() + wait_seconds
    told = False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up_at:
                raise HomeIsBusyError(_who(lock, home)) from None
            if not told:
                tell(f"{_who(lock, home)} Waiting for it.")
                told = True
            time.sleep(1)
        else:
            return


def _who(lock: TextIO, home: Path) -> str:
    lock.seek(0)
    try:
        holder = json.loads(lock.read())
        who = f"process {holder['pid']}, since {holder['started_at']}"
    except (ValueError, TypeError, KeyError):
        # Not written yet, or by something else.
        who = "it does not say which"
    return f"Another refresh is under way in {home} ({who})."

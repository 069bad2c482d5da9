"""The folder of a home: who may read it, whose it is, what was left in it, what has room in it, and when it was used.

Not here: what is in its files (the modules beside this one), how much room a refresh needs (duebook/room.py).
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb

from duebook.database_files import DamagedFileError, FileInUseError
from duebook.doctor.databases import BusyError, between_refreshes
from duebook.doctor.findings import Finding, Part, note
from duebook.home import made_by_duebook, own_folders, published_folders, writer_of
from duebook.landing.unloaded import unloaded_files
from duebook.landing.work_folder import MARKER
from duebook.publication.record import STAGING_FOLDER, read_publication
from duebook.raw_views import stored_tables
from duebook.refresh_log import REFRESHES, utc_now
from duebook.room import rooms
from duebook.settings import RAW_SCHEMA, Settings
from duebook.words import counted

RIGHTS, LEFTOVERS, ROOM, LAST, LOCK = "rights", "leftovers", "room on the disk", "last refresh", "lock"
# What a draft is called until it takes the place of the file it is of.
DRAFTS = ("*.draft", "*.part", "*.compact")


def lock(settings: Settings) -> Part:
    """Say whether a refresh runs."""
    return Part(LOCK, writer_of(settings) or "no refresh runs")


def rights(settings: Settings) -> Part:
    """Look for files that others may read, that are another account's, or that this account can't write."""
    owner = _owner(settings.home)
    open_to_others, foreign, seen = [], [], 0
    for path, not_allowed in made_by_duebook(settings):
        try:
            stat = path.lstat()
        except OSError:
            # A refresh may take it away meanwhile.
            continue
        seen += 1
        if not path.is_symlink() and stat.st_mode & not_allowed:
            open_to_others.append(path)
        if _owner(path) != owner:
            foreign.append(path)
    findings = []
    if open_to_others:
        said = f"others, or the group, may do more than they should with {counted(len(open_to_others), 'path')}"
        own = " and ".join(own_folders(settings))
        to_do = f"`chmod -R g-w,o-rwx {settings.home}`, and g-rwx below {own}; the next refresh does it, too."
        findings.append(Finding(f"{said}, such as {open_to_others[0]}", to_do))
    if foreign:
        said = f"{counted(len(foreign), 'file')} of another account than the home, such as {foreign[0]}"
        to_do = f"Refresh with one account only, and give them to it: `chown -R {owner} {settings.home}`."
        findings.append(Finding(said, to_do))
    if not os.access(settings.home, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        said = f"{settings.home} can't be written by this account"
        findings.append(note(said, f"Refresh with the account it belongs to (user id {owner})."))
    return Part(RIGHTS, f"{counted(seen, 'file')} and folders", tuple(findings))


def _owner(path: Path) -> int:
    return path.lstat().st_uid


def leftovers(settings: Settings) -> Part:
    """Look for what a refresh that was ended has left; while one runs, it is that one's."""
    if busy := writer_of(settings):
        return Part(LEFTOVERS, busy, was_looked_at=False)
    left = list(_left(settings))
    if not left:
        return Part(LEFTOVERS, "none")
    size = sum(file.stat().st_size for path in left for file in (path, *path.rglob("*")) if file.is_file())
    said = f"{', '.join(map(str, left[:3]))}{' and more' if len(left) > 3 else ''}, {size / 1e6:,.1f} MB"
    to_do = "A refresh that was ended left it, maybe with personal data; the next refresh takes it away."
    return Part(LEFTOVERS, counted(len(left), "leftover"), (note(said, to_do),))


def _left(settings: Settings) -> Iterator[Path]:
    for folder in published_folders(settings):
        if (folder / STAGING_FOLDER).exists():
            yield folder / STAGING_FOLDER
    for folder in (
        settings.warehouse_file.parent,
        settings.adapters_dir,
        settings.dagster_home,
        settings.audit_file.parent,
        settings.published_dir,
    ):
        for pattern in DRAFTS:
            yield from sorted(folder.glob(pattern))
    if settings.loading_dir.is_dir():
        yield from (path for path in sorted(settings.loading_dir.iterdir()) if path.name != MARKER)


def room(settings: Settings) -> Part:
    """Say whether the next refresh has room."""
    # What a refresh is loading has taken its room already, or is about to.
    new = [] if writer_of(settings) else unloaded_files(settings)
    found = rooms(settings, new)
    findings = tuple(Finding(str(one), "Free some disk space before the next refresh.") for one in found if one.lacks)
    return Part(ROOM, "; ".join(map(str, found)), findings)


def last_refresh(settings: Settings) -> Part:
    """Say when the home was refreshed last, how that ended, and whether the clock has gone back since."""
    record = read_publication(settings.published_dir)
    looked_at = "nothing is published"
    findings = []
    if record:
        ago = utc_now() - record.published_at
        looked_at = f"published {_at(record.published_at)} ({_ago(ago.total_seconds())}) for {record.as_of}"
        if ago.total_seconds() < 0:
            said = f"the clock of this machine says {_at(utc_now())}, before the last publication"
            to_do = "Set it right: rows that land now would count as known before those that landed then."
            findings.append(Finding(said, to_do))
    try:
        ended = _ended(settings)
    except (BusyError, duckdb.Error, DamagedFileError, FileInUseError, OSError):
        return Part(LAST, looked_at, tuple(findings))
    if ended and ended[0] != "published":
        status, started, day, detail = ended
        how = f"failed: {detail}" if status == "failed" else "was ended while it published"
        findings.append(note(f"the last refresh ({_at(started)}, for {day}) {how}", "Refresh again."))
    return Part(LAST, looked_at, tuple(findings))


def _ended(settings: Settings) -> tuple | None:
    with between_refreshes(settings, settings.landed_file) as con:
        if REFRESHES not in stored_tables(con):
            return None
        return con.execute(
            f"select status, started_at, as_of_date, detail from {RAW_SCHEMA}.{REFRESHES}"
            " order by started_at desc limit 1"
        ).fetchone()


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _ago(seconds: float) -> str:
    if seconds < 0:
        return "in the future"
    hours = int(seconds // 3600)
    return f"{counted(hours // 24, 'day')} ago" if hours >= 48 else f"{counted(hours, 'hour')} ago"

"""The audit log: who published, explained, exported, erased or restored something, and when reference data changed.

Here: the file (a JSON object a line, only ever added to), the chain that shows whether a line was changed or taken out,
and the copy of it that models read. Not here: when something is logged (whoever does it), what of reference data has
changed (duebook/reference_changes.py), what the doctor says of the log (duebook/doctor/audit_log.py), how refreshes
went (duebook/refresh_log.py).
"""

import fcntl
import hashlib
import json
import os
import pwd
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, BinaryIO

from duebook.database_files import connect
from duebook.refresh_log import append, create_table, utc_now
from duebook.settings import RAW_SCHEMA, Settings
from duebook.version import duebook_version

AUDIT_EVENTS = "audit_events"
BLOCK = 4096
# Of accounts of the operating system.
LARGEST_ID = 2**32


class Event(StrEnum):
    """What is logged."""

    PUBLISHING = "publishing"
    PUBLISHED = "published"
    EXPLAINED = "explained"
    EXPORTED = "exported"
    ERASING = "erasing"
    ERASED = "erased"
    LETTING_GO = "letting_go"
    NO_LONGER_KEPT = "no_longer_kept"
    RESTORED = "restored"
    REFERENCE_FIRST_SEEN = "reference_first_seen"
    REFERENCE_CHANGED = "reference_changed"


@dataclass(frozen=True)
class AuditEvent:
    """A row of `raw.audit_events`: an event as models read it, and as it is published. Times are UTC without zone.

    The name of the account is in the file alone.
    """

    event_hash: str
    logged_at: datetime | None
    event: str | None
    command: str | None
    account_id: int | None
    subject: str | None
    counts: str | None
    duebook_version: str | None


@dataclass(frozen=True)
class Line:
    """A line of the file.

    Attributes:
        number: from 1.
        text: its bytes, without the end of the line.
        is_ended: whether it has one.
    """

    number: int
    text: bytes
    is_ended: bool = True

    @cached_property
    def hash(self) -> str:
        """What the line after it has of it."""
        return hashlib.sha256(self.text).hexdigest()

    @cached_property
    def said(self) -> dict[str, Any] | None:
        """The event; None where it is none, as after a write that was killed."""
        try:
            said = json.loads(self.text)
        except (ValueError, RecursionError):
            return None
        return said if isinstance(said, dict) else None

    def follows(self, before: "Line | None") -> bool:
        """Return whether it was written after the line before it, as both are now.

        Args:
            before: None: it is the first one.
        """
        return self.said is not None and self.said.get("previous") == (before and before.hash)


def record(
    settings: Settings, event: Event, command: str, subject: str, counts: Mapping[str, int] | None = None
) -> None:
    """Add an event, so that it is there when this returns. Several processes may, at once.

    Args:
        settings: whose home.
        event: what was done.
        command: by which command of `duebook`, without its options: they may hold values.
        subject: to what: an id, a name of a mart, table or file of Duebook's; never a name, a value or a text.
        counts: of how many, by what they are.

    Raises:
        OSError: it can't be written.
    """
    settings.audit_file.parent.mkdir(mode=0o750, exist_ok=True)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    if os.geteuid() == 0:
        # In a home of another account a link could have root write, or give away, whatever that account likes.
        flags |= os.O_NOFOLLOW
    opened = os.open(settings.audit_file, flags, 0o640)
    with os.fdopen(opened, "r+b", buffering=0) as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        _leave_to_owner(settings, opened)
        last = _last_line(log)
        said = {
            "time": f"{utc_now().isoformat(timespec='microseconds')}Z",
            "event": event,
            "account": _account(),
            "account_id": os.geteuid(),
            "command": command,
            "subject": subject,
            "counts": dict(counts or {}),
            "version": duebook_version(),
            "previous": last and last.hash,
        }
        # What a killed write left is a line of its own.
        ends_it = b"" if last is None or last.is_ended else b"\n"
        line = ends_it + json.dumps(said).encode() + b"\n"
        if os.write(opened, line) != len(line):
            raise OSError(f"{settings.audit_file}: only part of a line could be written")
        os.fsync(opened)


def read_lines(settings: Settings) -> list[Line]:
    """Read the file; no lines where there is none.

    Args:
        settings: whose home.

    Raises:
        OSError: it can't be read.
    """
    try:
        log = settings.audit_file.open("rb")
    except FileNotFoundError:
        return []
    with log:
        # Nobody is in the middle of a line.
        fcntl.flock(log, fcntl.LOCK_SH)
        *ended, rest = log.read().split(b"\n")
    lines = [Line(number, text) for number, text in enumerate(ended, 1)]
    return [*lines, Line(len(lines) + 1, rest, is_ended=False)] if rest else lines


def create_events(settings: Settings) -> None:
    """Make the table that models read, if it isn't there."""
    create_table(settings.landed_file, AUDIT_EVENTS, AuditEvent)


def copy_events(settings: Settings) -> None:
    """Add to the table that models read what the file has and the table doesn't; nothing is taken from it.

    So what was published once stays in the next publication, whatever becomes of the file.

    Args:
        settings: whose home; its lock is held.

    Raises:
        OSError: the file can't be read.
        duckdb.Error: the landing file can't be written.
    """
    create_events(settings)
    with connect(settings.landed_file) as connection:
        known = connection.execute(f"select event_hash from {RAW_SCHEMA}.{AUDIT_EVENTS}").fetchall()
    hashes = {known_hash for (known_hash,) in known}
    new = {line.hash: line for line in read_lines(settings) if line.said is not None and line.hash not in hashes}
    append(settings.landed_file, AUDIT_EVENTS, [_as_event(line) for line in new.values()])


def time_of(said: Mapping[str, Any]) -> datetime | None:
    """Return when an event was logged, UTC without zone; None where somebody wrote something else there.

    Args:
        said: the event, as its line has it.
    """
    try:
        return datetime.fromisoformat(str(said.get("time"))).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def _as_event(line: Line) -> AuditEvent:
    said = line.said or {}
    account_id = said.get("account_id")
    event, command, subject, version = (_text(said.get(name)) for name in ("event", "command", "subject", "version"))
    return AuditEvent(
        event_hash=line.hash,
        logged_at=time_of(said),
        event=event,
        command=command,
        account_id=account_id if isinstance(account_id, int) and 0 <= account_id < LARGEST_ID else None,
        subject=subject,
        counts=_in_words(said.get("counts")),
        duebook_version=version,
    )


def _in_words(counts: object) -> str | None:
    if not isinstance(counts, dict) or not counts:
        return None
    return _text(", ".join(f"{what}: {number}" for what, number in counts.items()))


def _text(said: object) -> str | None:
    """Have it be text that every database takes, whatever somebody wrote in the file."""
    return None if said is None else str(said).encode(errors="replace").decode().replace("\0", "?")


def _account() -> str:
    """Return the name of the account; its number where it has none, as in a container."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _leave_to_owner(settings: Settings, opened: int) -> None:
    """Give a new log that root begins to whom the home belongs to, who has to go on with it."""
    folder = settings.audit_file.parent
    if os.geteuid() == 0 and os.fstat(opened).st_size == 0 and not folder.is_symlink():
        owner = settings.home.stat()
        os.chown(opened, owner.st_uid, owner.st_gid)
        os.chown(folder, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _last_line(log: BinaryIO) -> Line | None:
    """Read the last line from the end; None where there is none. Its number isn't known."""
    end = log.seek(0, os.SEEK_END)
    if end == 0:
        return None
    start, read = end, b""
    # The line's own end doesn't count.
    while start > 0 and b"\n" not in read[:-1]:
        start = max(0, start - BLOCK)
        log.seek(start)
        read = log.read(end - start)
    is_ended = read.endswith(b"\n")
    text = (read[:-1] if is_ended else read).rsplit(b"\n", 1)[-1]
    return Line(0, text, is_ended)


def lines_that_do_not_follow(lines: Sequence[Line]) -> list[int]:
    """Return the numbers of lines of which the line before was changed, moved or taken out since they were written.

    A line that a killed write left, half or whole, follows: the one after it says so.

    Args:
        lines: all lines of a log.
    """
    befores = [None, *lines]
    return [
        line.number
        for before, line in zip(befores, lines, strict=False)
        if line.said is not None and not line.follows(before)
    ]

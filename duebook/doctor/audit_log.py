"""The audit log: whether each line is as it was written, and whether what was published of it is still there.

Not here: the log itself (duebook/audit.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import duckdb

from duebook.audit import Line, lines_that_do_not_follow, read_lines, time_of
from duebook.doctor.findings import Finding, Part, note
from duebook.publication.reader import UnreadableError, reading
from duebook.settings import Settings
from duebook.words import counted

AUDIT_LOG = "audit log"
MART = "audit_log"
# Lines and events that are named; the first says where to look.
NAMED = 5


def audit_log(settings: Settings) -> Part:
    """Read all lines, hold each against the one before it, and published events against the file.

    Args:
        settings: whose home.
    """
    file = settings.audit_file
    try:
        lines = read_lines(settings)
    except OSError as error:
        to_do = "Give this account the right to read it, or make it a file again."
        return Part(AUDIT_LOG, "nothing", (Finding(f"{file} can't be read: {error.strerror or error}", to_do),))
    published = _published(settings)
    findings = (*_broken(settings, lines), *_missing(settings, lines, published))
    return Part(AUDIT_LOG, counted(sum(line.said is not None for line in lines), "event"), findings)


def _broken(settings: Settings, lines: Sequence[Line]) -> Iterator[Finding]:
    file = settings.audit_file
    if numbers := lines_that_do_not_follow(lines):
        which = f"line {numbers[0]}" if len(numbers) == 1 else f"lines {_listed([str(one) for one in numbers])}"
        said = f"{file}, {which}: written after another line than the one before it, or after none"
        to_do = (
            "The line before was changed, moved or taken out, or one was put in. Compare the file with that of the"
            " last backup and find out who wrote in it; put the backup's lines back, those logged since after them."
        )
        yield Finding(said, to_do)
    for line in lines:
        if line.said is None:
            said = f"{file}, line {line.number}: no event, as a write that was killed leaves it"
            yield note(said, "Nothing: the event wasn't done, or is logged again; the line stays.")


def _missing(settings: Settings, lines: Sequence[Line], published: Mapping[str, datetime | None]) -> Iterator[Finding]:
    gone = {one: logged_at for one, logged_at in published.items() if one not in {line.hash for line in lines}}
    if not gone:
        return
    file, how_many = settings.audit_file, counted(len(gone), "published event")
    there = [time for line in lines if line.said is not None and (time := time_of(line.said))]
    times = sorted(time for time in gone.values() if time)
    kept = f"The mart {MART} has what was published of it"
    if not there:
        to_do = f"Put it back from the last backup. Without one the next refresh begins a new one. {kept}."
        yield Finding(f"{file} is gone, with {how_many}", to_do)
    elif times and times[-1] < min(there):
        said = f"{file} was begun again on {min(there):%Y-%m-%d %H:%M} UTC, after {how_many}"
        yield note(said, f"Put the lines before back from the last backup, if there is one. {kept}.")
    else:
        when = _listed([f"{time:%Y-%m-%d %H:%M:%S}" for time in times])
        to_do = f"Put the lines back from the last backup, and find out who wrote in the file. {kept}."
        yield Finding(f"{file} lacks {how_many}, taken out or changed: logged at {when} UTC", to_do)


def _published(settings: Settings) -> dict[str, datetime | None]:
    """Read which events the publication has; none where it can't be read, which another part says."""
    try:
        with reading(settings.published_file) as published:
            if not published.has(MART):
                return {}
            return dict(published.rows(f"select event_hash, logged_at from {{marts}}.{MART}"))
    except (UnreadableError, duckdb.Error):
        return {}


def _listed(named: Sequence[str]) -> str:
    more = len(named) - NAMED
    return ", ".join(named[:NAMED]) + (f" and {more} more" if more > 0 else "")

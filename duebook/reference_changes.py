"""What of the reference data has changed since the audit log last spoke of it.

Here: comparing the files that count for a home, row by row, and logging what differs. Not here: whether the files can
be used, and which one counts (duebook/reference.py), how events are logged (duebook/audit.py).
"""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Sequence

from duebook.audit import Event, record
from duebook.reference import files_that_count
from duebook.settings import Settings

# Of a row's hash, enough to tell the rows of a file apart.
DIGITS = 16


def log_reference_changes(settings: Settings, command: str) -> None:
    """Log which reference files a build is about to use with other rows than those logged last, and of how many rows.

    Of a home where none were ever logged, one event says that they count from now on. The account is the one that uses
    them first, which need not be the one that edited them.

    Args:
        settings: whose home; its lock is held, and its files can be read.
        command: the command that builds.

    Raises:
        OSError: the log can't be written.
    """
    before = _noted(settings)
    files = files_that_count(settings)
    now = {name: _rows(file.read_text(encoding="utf-8-sig")) for name, (_, file) in files.items()}
    if now == before:
        return
    if before is None:
        counts = {"files": len(now), "rows": sum(map(len, now.values()))}
        record(settings, Event.REFERENCE_FIRST_SEEN, command, "reference", counts)
    for name in sorted(now.keys() | before.keys()) if before is not None else ():
        added, removed = _difference(before.get(name, ()), now.get(name, ()))
        if added or removed:
            place = files[name][0] if name in files else f"{name}.csv"
            record(settings, Event.REFERENCE_CHANGED, command, place, {"rows added": added, "rows removed": removed})
    draft = settings.reference_noted_file.with_suffix(".draft")
    draft.write_text(json.dumps(now, indent=0), encoding="utf-8")
    draft.replace(settings.reference_noted_file)


def _noted(settings: Settings) -> dict[str, list[str]] | None:
    """What was logged last; None where nothing was, or where it can't be read: then all counts as seen first."""
    try:
        noted = json.loads(settings.reference_noted_file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    is_ours = isinstance(noted, dict) and all(isinstance(rows, list) for rows in noted.values())
    return noted if is_ours else None


def _rows(text: str) -> list[str]:
    """A hash of each row but the header: how a file separates and ends its lines doesn't matter."""
    _, *rows = csv.reader(io.StringIO(text, newline=""))
    return [hashlib.sha256(json.dumps(row).encode()).hexdigest()[:DIGITS] for row in rows if row]


def _difference(before: Sequence[str], now: Sequence[str]) -> tuple[int, int]:
    """Count rows added and removed; a changed one is both."""
    return (Counter(now) - Counter(before)).total(), (Counter(before) - Counter(now)).total()

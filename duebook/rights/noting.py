"""The log of what was done with data of persons: a line of JSON each, added to and never changed, without values.

Here: the file. Not here: what is written down (erasing.py, exporting.py, retention.py).
"""

import getpass
import json
import os
from collections.abc import Mapping

from duebook.refresh_log import utc_now
from duebook.settings import Settings

FOLDER, FILE = "audit", "audit.jsonl"
_RIGHTS_OF_FOLDER, _RIGHTS = 0o750, 0o640


def note(settings: Settings, event: str, subject: str, counts: Mapping[str, int]) -> None:
    """Add a line: when, who, what, of whom, and how many rows where.

    Args:
        settings: whose home.
        event: what was done.
        subject: of whom, or of what: an id, never a value.
        counts: rows by place.

    Raises:
        OSError: it can't be written.
    """
    said = {"at": f"{utc_now():%Y-%m-%dT%H:%M:%SZ}", "by": _account(), "event": event, "subject": subject}
    folder = settings.home / FOLDER
    folder.mkdir(mode=_RIGHTS_OF_FOLDER, exist_ok=True)
    handle = os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _RIGHTS)
    try:
        os.write(handle, (json.dumps({**said, "rows": dict(counts)}) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # In a container an account may have a number alone.
        return str(os.geteuid())

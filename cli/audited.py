"""What commands tell the audit log (duebook/audit.py) when they are done.

Here: what a person is told where it can't be written. Not here: publishing, which isn't done without the log
(duebook/warehouse/publishing.py).
"""

import sys
from collections.abc import Mapping

from duebook.audit import Event, record
from duebook.settings import Settings


def log(settings: Settings, event: Event, command: str, subject: str, counts: Mapping[str, int] | None = None) -> None:
    """Log what a command did; where it may not, it says so in a line on standard error, and the command goes on.

    Readers may read a home and not write there: they get their answer all the same.

    Args:
        settings: whose home.
        event: what was done.
        command: by which command.
        subject: to what, by its id.
        counts: of how many, by what they are.
    """
    try:
        record(settings, event, command, subject, counts)
    except OSError as error:
        said = f"Not in the audit log ({settings.audit_file}: {error.strerror or error}): {event} {subject}"
        print(said, file=sys.stderr)

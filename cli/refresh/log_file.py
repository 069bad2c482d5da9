"""The file of a refresh's full log.

Not here: what is written to it (logger.py, and whatever a tool prints).
"""

import io
from contextlib import suppress
from pathlib import Path
from typing import TextIO


def open_log(file: Path) -> TextIO:
    """Open the full log of a refresh, a line at a time. Where it can't be written it ends, and the refresh goes on.

    A full disk has no room for the log either: the step that failed says why, and the log must not hide that.

    Args:
        file: created; it must not be there.

    Raises:
        OSError: it can't be created.
    """
    return _Log(file.open("wb"), encoding="utf-8", line_buffering=True)


class _Log(io.TextIOWrapper):
    """A text file that loses what it can't write."""

    def write(self, text: str) -> int:
        """Write, or not."""
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        """Have it on the disk, or not."""
        with suppress(OSError):
            super().flush()

    def close(self) -> None:
        """Close it; what was still to be written may be lost."""
        with suppress(OSError):
            super().close()

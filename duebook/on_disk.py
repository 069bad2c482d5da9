"""Waiting until what was written is on the disk, so that a power cut takes nothing that counts already.

Nothing is imported of the project, so that all packages may use it.
"""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file's bytes, or a folder's entries, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Folders with the time they were made in their name: a new one never replaces an old one that is still being read.

Here: their names, removing old ones. Not here: their content.
"""

import shutil
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

VERSION = "%Y%m%dT%H%M%S%f"
KEPT_AFTER_REPLACEMENT = timedelta(minutes=10)


def version_name(made_at: datetime, prefix: str = "") -> str:
    """Return the name of the folder made at this time."""
    return f"{prefix}{made_at:{VERSION}}"


def remove_replaced(folder: Path, now: datetime, prefix: str = "") -> None:
    """Remove folders that were replaced more than `KEPT_AFTER_REPLACEMENT` ago: nobody should still read them.

    Args:
        folder: the folder they are in.
        now: UTC, without zone.
        prefix: the beginning of their names.
    """
    digit = "[0-9]"
    versions = sorted(folder.glob(f"{prefix}{8 * digit}T{12 * digit}"))
    for old, replaced_by in pairwise(versions):
        if now - datetime.strptime(replaced_by.name, f"{prefix}{VERSION}") > KEPT_AFTER_REPLACEMENT:
            shutil.rmtree(old, ignore_errors=True)

"""Folders that bear the time they were made, so that a new one never meets an old one that is still being read.

Here: their names, removing those replaced long enough ago. Not here: what is in them.
"""

import shutil
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

VERSION = "%Y%m%dT%H%M%S%f"
KEPT_AFTER_REPLACEMENT = timedelta(minutes=10)


def version_name(made_at: datetime, prefix: str = "") -> str:
    """Name the folder made at a moment."""
    return f"{prefix}{made_at:{VERSION}}"


def remove_replaced(folder: Path, now: datetime, prefix: str = "") -> None:
    """Remove the folders that were replaced long enough ago for everyone who was reading them to be done.

    Args:
        folder: where they stand.
        now: UTC, without zone.
        prefix: what their names begin with.
    """
    digit = "[0-9]"
    versions = sorted(folder.glob(f"{prefix}{8 * digit}T{12 * digit}"))
    for old, replaced_by in pairwise(versions):
        if now - datetime.strptime(replaced_by.name, f"{prefix}{VERSION}") > KEPT_AFTER_REPLACEMENT:
            shutil.rmtree(old, ignore_errors=True)

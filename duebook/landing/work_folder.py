"""The folder a load works in: whose it is, and that nothing of anybody else's is ever taken away.

The rows under way stand there as they landed, personal data too, so it is emptied before a load and afterwards. It is
Duebook's when it was empty at first or has the marker in it; a link to a folder is never followed. Here: that, and what
versions before left where they worked. Not here: the load itself (``loading``).
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from duebook.landing.listing import LandingError, shown
from duebook.settings import Settings

# What the staging database may hold in memory; beyond that it writes to disk.
STAGING_MEMORY = "1GB"
MARKER = "duebook_empties_this_folder.txt"
_IN_MARKER = "Duebook keeps the rows of a load under way here, and empties the folder before and after each load.\n"
# What a load of an earlier version left of itself, relative to the folder it worked in: files, and folders to take
# away once they are empty.
_PACKAGES = r"(normalize/extracted|load/(new|normalized|loaded))"
_LEFT_FILE = re.compile(
    r"(landing|landing_definitions)/(state\.json|trace\.pickle|schemas/[^/]+\.schema\.json|(normalize|load)/\.version|"
    rf"{_PACKAGES}/\d+\.\d+/.+)|staging/(unpacked\.(csv|jsonl)|jsonl/\d+\.parquet|duckdb_temp_[^/]+)"
)
_LEFT_FOLDER = re.compile(
    rf"\.|(landing|landing_definitions)(/(schemas|normalize|load|{_PACKAGES}(/\d+\.\d+(/.+)?)?))?|staging(/jsonl)?"
)


@contextmanager
def staging(settings: Settings, log: Callable[[str], None]) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database for the rows under way and its folder, within the work folder; what others left there goes first.

    Args:
        settings: where the home is.
        log: gets a warning where an earlier version left something that can't be taken away.

    Raises:
        LandingError: what stands in the place of the work folder isn't Duebook's; nothing of it was touched.
    """
    folder = settings.loading_dir
    _claim(folder)
    _empty(folder)
    _take_away_leftovers(settings.older_loading_dir, log)
    work = folder / "staging"
    work.mkdir()
    try:
        limits = {"memory_limit": STAGING_MEMORY, "temp_directory": str(work)}
        with duckdb.connect(config=limits) as con:
            con.execute("set TimeZone = 'UTC'")
            yield con, work
    finally:
        _empty(folder)


def _claim(folder: Path) -> None:
    """Have a folder that is Duebook's by its marker, or refuse what stands there."""
    instead = "Nothing was loaded; move {it} away, or set DUEBOOK_HOME to another folder"
    if folder.is_symlink():
        leads_to = shown(folder.readlink())
        raise LandingError(
            f"{shown(folder)} is a link, to {leads_to}, and a load empties its work folder: no link is followed there. "
            + instead.format(it="the link")
        )
    if folder.exists() and not folder.is_dir():
        raise LandingError(
            f"{shown(folder)} is a file, and a load needs a folder of that name. {instead.format(it='it')}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    there = sorted(path.name for path in folder.iterdir())
    if there and MARKER not in there:
        raise LandingError(
            f"{shown(folder)} holds what is not Duebook's, such as {shown(there[0])}, and a load empties its work "
            f"folder. {instead.format(it='what is in it')}"
        )
    if not there:
        (folder / MARKER).write_text(_IN_MARKER, encoding="utf-8")


def _empty(folder: Path) -> None:
    """Take everything but the marker out of the work folder; of a link in it, the link."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != MARKER:
            path.unlink()


def _take_away_leftovers(folder: Path, log: Callable[[str], None]) -> None:
    """Take away what a killed load of an earlier version left: only what such a load wrote, by its names."""
    if folder.is_symlink():
        if any((folder / name).exists() for name in ("landing", "staging")):
            log(
                f"warning: {shown(folder)} is a link, and not followed: an earlier version may have left landed rows "
                "in its folders landing and staging; take them away"
            )
        return
    for at, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(at, name)
            if _LEFT_FILE.fullmatch(path.relative_to(folder).as_posix()):
                path.unlink()
        if _LEFT_FOLDER.fullmatch(Path(at).relative_to(folder).as_posix()):
            with suppress(OSError):
                Path(at).rmdir()

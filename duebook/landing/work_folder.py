"""The folder a load works in. Only files that Duebook wrote are ever removed from it.

During a load the folder holds rows as landed, with personal data, so it is emptied before and after each load. It
counts as Duebook's if it was empty at first or contains the marker file; a link to a folder is never followed. Here:
that, and removing what earlier versions left in their work folder. Not here: the load itself (``loading``).
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

# Memory for the staging database; beyond that it writes to disk.
STAGING_MEMORY = "1GB"
MARKER = "duebook_empties_this_folder.txt"
_IN_MARKER = "Duebook keeps rows here during a load, and empties this folder before and after each load.\n"
# What a load of an earlier version left, relative to its work folder: files, and folders to remove when they are empty.
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
    """Yield a database for the rows of a load, and its folder; remains of earlier loads are removed first.

    Args:
        settings: where the home is.
        log: gets a warning if an earlier version left something that can't be removed.

    Raises:
        LandingError: a file, link or folder in the place of the work folder isn't Duebook's; it was not changed.
    """
    folder = settings.loading_dir
    _claim(folder)
    _empty(folder)
    _remove_leftovers(settings.older_loading_dir, log)
    work = folder / "staging"
    work.mkdir()
    try:
        limits = {"memory_limit": STAGING_MEMORY, "temp_directory": str(work)}
        with duckdb.connect(config=limits) as con:
            con.execute("set TimeZone = 'UTC'")
            yield con, work
    finally:
        _empty(folder)


def remove_remains(settings: Settings, log: Callable[[str], None]) -> None:
    """Remove what killed loads have left, rows as landed among it; a folder that isn't Duebook's is left as it is.

    Args:
        settings: where the home is; its lock is held, and no load is under way.
        log: gets a warning if an earlier version left something that can't be removed.
    """
    folder = settings.loading_dir
    if not folder.is_symlink() and (folder / MARKER).is_file():
        _empty(folder)
    _remove_leftovers(settings.older_loading_dir, log)


def _claim(folder: Path) -> None:
    """Create the work folder with its marker; refuse anything else in its place."""
    instead = "Nothing was loaded; move {it} away, or set DUEBOOK_HOME to another folder"
    if folder.is_symlink():
        leads_to = shown(folder.readlink())
        raise LandingError(
            f"{shown(folder)} is a link to {leads_to}. A load empties its work folder, so it follows no link there. "
            + instead.format(it="the link")
        )
    if folder.exists() and not folder.is_dir():
        raise LandingError(
            f"{shown(folder)} is a file, but a load needs a folder of that name. {instead.format(it='it')}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    there = sorted(path.name for path in folder.iterdir())
    if there and MARKER not in there:
        raise LandingError(
            f"{shown(folder)} contains files that are not Duebook's, such as {shown(there[0])}; a load would delete "
            f"them. {instead.format(it='them')}"
        )
    if not there:
        (folder / MARKER).write_text(_IN_MARKER, encoding="utf-8")


def _empty(folder: Path) -> None:
    """Remove everything but the marker from the work folder; of a link, only the link itself."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != MARKER:
            path.unlink()


def _remove_leftovers(folder: Path, log: Callable[[str], None]) -> None:
    """Remove what a killed load of an earlier version left: only files and folders with the names it used."""
    if folder.is_symlink():
        if any((folder / name).exists() for name in ("landing", "staging")):
            log(
                f"warning: {shown(folder)} is a link, which is not followed: an earlier version may have left landed "
                "rows in its folders landing and staging; delete them"
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

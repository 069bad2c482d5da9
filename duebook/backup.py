"""Backups of a home: what can't be made again, copied while nobody writes, and put back into an empty home.

Here: copying and checking. Not here: when (whoever calls it), where the copies go after that (any tool that copies
folders). What a refresh makes again from the rest isn't copied: the warehouse, dbt's files, logs.
"""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from duebook.database_files import DamagedFileError, log_of, open_database
from duebook.home import only_writer, take_from_others
from duebook.raw_views import files_named, gap, put_back
from duebook.settings import Settings


class BackupError(RuntimeError):
    """A backup can't be made or put back; the message says why and what to do."""


def back_up(settings: Settings, folder: Path, tell: Callable[[str], None]) -> Path:
    """Copy what can't be made again of a home into a new folder, named by the time.

    No refresh runs meanwhile. The folder appears as a whole or not at all; its databases were opened before.

    Args:
        settings: whose home.
        folder: where the new folder is made.
        tell: gets a line for each part.

    Raises:
        BackupError: nothing was landed yet, a database is damaged, or landed rows are gone.
        HomeIsBusyError: a refresh runs.
        OSError: the folder can't be written.
    """
    with only_writer(settings):
        if not settings.landed_file.exists():
            raise BackupError(f"There is nothing to back up in {settings.home} yet: run `make refresh` first.")
        if any(folder.is_relative_to(path) for path in _kept(settings)):
            raise BackupError(f"{folder} is inside what is copied: name a folder outside {settings.home}.")
        for path in _kept(settings):
            _check(path)
        if lost := _lost_rows(settings, settings.home):
            raise BackupError(f"{lost}: {put_back(settings)}.")
        folder.mkdir(parents=True, exist_ok=True)
        backup = folder / f"duebook_{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        part = backup.with_suffix(".part")
        try:
            for path in _kept(settings):
                tell(f"  {path.relative_to(settings.home)}")
                _copy(path, part / path.relative_to(settings.home))
            part.rename(backup)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return backup


def restore(settings: Settings, backup: Path, tell: Callable[[str], None]) -> None:
    """Put a backup into a home that is empty or not there; the next refresh builds the warehouse again.

    Args:
        settings: whose home.
        backup: a folder that `back_up` made, or its copy.
        tell: gets a line for each part.

    Raises:
        BackupError: the folder is no backup, something in it is damaged or gone, or the home holds something.
        OSError: the home can't be written.
    """
    landed = backup / settings.landed_file.relative_to(settings.home)
    if not landed.exists():
        raise BackupError(f"{backup} is no backup of a home: it has no {landed.relative_to(backup)}.")
    _check(backup)
    if lost := _lost_rows(settings, backup):
        raise BackupError(f"{lost}: put it there, or restore another backup.")
    if settings.home.exists() and any(settings.home.iterdir()):
        raise BackupError(f"{settings.home} is not empty: name a new home (HOME_DIR), or move this one away first.")
    settings.home.parent.mkdir(parents=True, exist_ok=True)
    part = settings.home.with_name(f"{settings.home.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for path in sorted(backup.iterdir()):
        tell(f"  {path.name}")
        _copy(path, part / path.name)
    take_from_others(settings.model_copy(update={"home": part}))
    # Over the empty folder, if it is there.
    part.rename(settings.home)


def _kept(settings: Settings) -> list[Path]:
    """What can't be made again, as far as it is there."""
    files = [settings.landed_file, log_of(settings.landed_file), settings.raw_files_dir, settings.reference_dir]
    files += [settings.sources_file, settings.adapters_dir, settings.published_dir, settings.dagster_home]
    files += [settings.audit_file.parent]
    return [path for path in files if path.exists()]


def _copy(path: Path, to: Path) -> None:
    """Copy a file or folder, with its times: the record of a publication names them."""
    to.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.copytree(path, to, symlinks=True)
    else:
        shutil.copy2(path, to)


def _check(path: Path) -> None:
    """Open every database of a folder, or the one that is named."""
    for file in (one for one in (path, *sorted(path.rglob("*"))) if one.suffix == ".duckdb"):
        try:
            open_database(file, read_only=True).close()
        except DamagedFileError as error:
            raise BackupError(f"{file} is damaged: {error}") from None


def _lost_rows(settings: Settings, root: Path) -> str | None:
    """Say, of a home or a backup, which file with landed rows can't be read, if there is one."""
    landed, folder = (root / path.relative_to(settings.home) for path in (settings.landed_file, settings.raw_files_dir))
    with open_database(landed, read_only=True) as con:
        return gap(files_named(con), folder)

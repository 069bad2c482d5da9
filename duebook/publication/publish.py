"""Publishing: copies the marts of one business day to the published folder and replaces the old files.

Here: replacing files, cleaning up. Not here: where each day is published (targets.py), writing the files (copying.py,
parquet.py), the record (record.py), the dashboard (the package dashboard), Dagster (orchestration).

Everything is first written into a staging folder inside the published folder. A full disk or a kill leaves nothing but
that folder, which the next publication removes. Then five parts are replaced, each atomically: the DuckDB file, the one
with personal data, the link `parquet`, the record, the dashboard's page. A reader who has an old file open keeps it; a
reader who opens a file gets a complete one. When the DuckDB file is replaced, the new publication counts: if a kill
comes before the record is replaced, the record is read from the staging folder, and the next publication puts what was
left there in its place.

Views over Parquet (large_marts.py) name files by where they stay. So Parquet files go there before anything names them,
marked in the staging folder, and those of the last publication stay for some minutes (versions.py).
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import duckdb

from duebook.on_disk import sync
from duebook.publication.copying import contents_of, copied_marts
from duebook.publication.large_marts import large_marts, read_from
from duebook.publication.parquet import Before, fill_folder
from duebook.publication.personal import swap_personal_in, write_personal
from duebook.publication.record import (
    STAGING_FOLDER,
    Publication,
    draft_record,
    drop_draft,
    read_publication,
    size_and_time,
    swap_record_in,
    unfinished_publication,
)
from duebook.publication.site_swap import swap_site_in
from duebook.publication.targets import Target
from duebook.publication.versions import remove_replaced, version_name
from duebook.refresh_log import Refresh, utc_now
from duebook.settings import MARTS_DATABASE, MARTS_SCHEMA, Settings
from duebook.version import duebook_version

PARQUET_LINK = "parquet"
PARQUET_PREFIX = f"{PARQUET_LINK}-"
# In the staging folder, after the name of a folder of Parquet files that has left it.
PLACED = ".placed"

NO_MONTHS: Mapping[str, str] = MappingProxyType({})

# Makes the dashboard: from a publication's database and its record, into a folder.
SiteWriter = Callable[[Path, Publication, Path], None]


def publish(
    settings: Settings,
    target: Target,
    refresh: Refresh,
    write_site: SiteWriter | None = None,
    months: Mapping[str, str] = NO_MONTHS,
    made_by: str | None = None,
) -> Publication:
    """Copy a target's marts to its published folder and replace what is published there.

    Parquet files whose rows haven't changed are kept; a full refresh writes all of them.

    A past day's warehouse files are removed afterwards: they were built only for this publication.

    Args:
        settings: the refresh's settings.
        target: the business day, what to read, where to publish.
        refresh: the refresh that built the marts.
        write_site: makes the dashboard; None: none is published.
        months: the marts with a Parquet file for each month, with the date column that says which month.
        made_by: the version of Duebook that made the marts; None: this one.

    Returns:
        The record of the publication.

    Raises:
        NothingToPublishError: there are no marts; the last publication stays.
        duckdb.Error, OSError: copying failed, for example because the disk is full; the last publication stays.
    """
    published_at = utc_now()
    with _staging_folder(target.published_dir) as staging:
        database = staging / target.published_file.name
        parquet = staging / version_name(published_at, PARQUET_PREFIX)
        parquet.mkdir()
        before = None if settings.full else _parquet_before(target)
        with copied_marts(settings, target, database) as marts:
            parquet_files = fill_folder(marts, parquet, before, months)
            contents = contents_of(marts)
            if large_marts(marts, MARTS_DATABASE, MARTS_SCHEMA):
                # DuckDB looks at the files of a view: they go where they stay before anybody knows of them.
                _place(parquet)
                read_from(marts, MARTS_DATABASE, MARTS_SCHEMA, target.published_dir / parquet.name)
        sync(database)
        write_personal(settings, target.warehouse_file, staging)
        publication = Publication(
            as_of=target.day,
            known_as_of=settings.known_as_of,
            reporting_currency=settings.reporting_currency or contents.only_currency,
            refresh_id=refresh.refresh_id,
            published_at=published_at,
            duebook_version=made_by or duebook_version(),
            database=database.name,
            parquet=parquet.name,
            row_counts=contents.row_counts,
            left_as=size_and_time(database),
            parquet_files=parquet_files,
        )
        site = staging / settings.dashboard_dir.name
        if write_site:
            write_site(database, publication, site)
        _swap_in(publication, target, staging)
        if write_site:
            swap_site_in(site, target.published_dir / site.name)
    if target.is_past:
        shutil.rmtree(target.warehouse_file.parent, ignore_errors=True)
    return publication


class LostFilesError(RuntimeError):
    """Parquet files of a publication can't be read; the message says which and what to do."""


def follow_move(published_dir: Path) -> None:
    """Have the views of a publication read its own Parquet files again, if its home has been moved or restored.

    Args:
        published_dir: the folder of the publication; nothing happens where there is none, or where it has no views.

    Raises:
        LostFilesError: Parquet files are gone or damaged; the publication stays as it is.
        OSError: there is no space; the publication stays as it is.
    """
    record = read_publication(published_dir)
    if record is None or not (published_dir / record.database).exists():
        return
    file, parquet = published_dir / record.database, (published_dir / record.parquet).absolute()
    with duckdb.connect(file, read_only=True) as published:
        read = set(large_marts(published, file.stem, MARTS_SCHEMA).values())
    if all(parquet in files.parents for files in read):
        return
    was_unchanged = size_and_time(file) == record.left_as
    with _staging_folder(published_dir) as staging:
        database = staging / record.database
        shutil.copyfile(file, database)
        try:
            with duckdb.connect(database) as moved:
                read_from(moved, database.stem, MARTS_SCHEMA, parquet)
        except duckdb.Error as error:
            why = " ".join(str(error).split())
            raise LostFilesError(
                f"{file} reads large marts from the Parquet files in {parquet}, and not all of them can be read: "
                f"{why}. Put the folder {parquet.name} back from a backup. Without one, move {published_dir} away: the "
                "refresh makes a new publication, but the reported figures of closed months are lost"
            ) from error
        sync(database)
        draft_record(replace(record, left_as=size_and_time(database) if was_unchanged else None), staging)
        database.replace(file)
        swap_record_in(published_dir)


def _parquet_before(target: Target) -> Before | None:
    """Return the Parquet files published last; None if nothing is published."""
    record = read_publication(target.published_dir)
    return record and Before(target.published_dir / record.parquet, record.parquet_files)


@contextmanager
def _staging_folder(published_dir: Path) -> Iterator[Path]:
    """Make an empty staging folder, and always remove it afterwards; remains of a killed refresh are removed first."""
    staging = published_dir / STAGING_FOLDER
    _clear(staging)
    staging.mkdir(parents=True)
    try:
        yield staging
    finally:
        _clear(staging)


def remove_unfinished(published_dir: Path) -> None:
    """Finish a publication that was killed once it counted, or remove what one has left that didn't.

    Args:
        published_dir: the folder of the publication; the home's lock is held.
    """
    _clear(published_dir / STAGING_FOLDER)


def _clear(staging: Path) -> None:
    """Finish a publication whose database is already published, then remove the folder, and what was placed for it."""
    if unfinished := unfinished_publication(staging.parent):
        _swap_the_rest_in(unfinished, staging)
    drop_draft(staging)
    current = read_publication(staging.parent)
    for mark in staging.glob(f"*{PLACED}"):
        if current is None or current.parquet != mark.stem:
            shutil.rmtree(staging.parent / mark.stem, ignore_errors=True)
    shutil.rmtree(staging, ignore_errors=True)


def _swap_in(publication: Publication, target: Target, staging: Path) -> None:
    """Replace what is published; only these steps are visible to readers."""
    folder = target.published_dir
    # The day of the published database decides what may replace it, so its record must never be lost.
    draft_record(publication, staging)
    if (staging / publication.parquet).exists():
        _place(staging / publication.parquet)
    # If somebody wrote to the old file, DuckDB would replay its write-ahead log into the new file.
    target.published_file.with_name(f"{target.published_file.name}.wal").unlink(missing_ok=True)
    (staging / target.published_file.name).replace(target.published_file)
    _swap_the_rest_in(publication, staging)
    remove_replaced(folder, publication.published_at, PARQUET_PREFIX)


def _place(parquet: Path) -> None:
    """Move the Parquet files to where they stay, and leave a mark: should nothing come of it, they are removed."""
    parquet.with_name(f"{parquet.name}{PLACED}").touch()
    parquet.replace(parquet.parent.parent / parquet.name)


def _swap_the_rest_in(publication: Publication, staging: Path) -> None:
    """Replace the personal data, the link `parquet` and the record."""
    swap_personal_in(staging)
    # Where links can't be made (Windows without that right), readers find the folder's name in the record.
    with suppress(OSError):
        new_link = staging / PARQUET_LINK
        new_link.unlink(missing_ok=True)
        new_link.symlink_to(publication.parquet, target_is_directory=True)
        new_link.replace(staging.parent / PARQUET_LINK)
    swap_record_in(staging.parent)

"""Publishing: the marts of one business day, copied to where readers open them, and swapped in at once.

Here: what to start from, swapping, cleaning up. Not here: which day goes where (targets.py), how the marts get into the
files (copying.py), the record that stands beside them (publication.py), what the dashboard is (the package dashboard),
Dagster (assets.py).

Everything is first written into a staging folder inside the published folder, so that a full disk or a kill leaves
nothing but that folder, which the next publication removes. Then four things are replaced, each atomically: the DuckDB
file, the link `parquet`, the record, the dashboard's page. A reader who holds an old file keeps it; a reader who opens
one gets a whole one. With the DuckDB file the publication is made: where a kill comes before the record, the record is
read from the staging folder, and whoever publishes there next puts it in its place.
"""

import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

import duckdb

from orchestration.database_files import is_damage, remove_database
from orchestration.defs.publication.copying import Files, copy_marts
from orchestration.defs.publication.log import Refresh, utc_now
from orchestration.defs.publication.publication import (
    STAGING_FOLDER,
    Publication,
    as_it_was_left,
    draft_record,
    drop_draft,
    folder_left_as,
    left_as,
    swap_record_in,
    unfinished_publication,
)
from orchestration.defs.publication.site import swap_site_in
from orchestration.defs.publication.targets import Target
from orchestration.defs.publication.versions import remove_replaced, version_name
from orchestration.settings import PROJECT_ROOT, Settings

PARQUET_LINK = "parquet"
PARQUET_PREFIX = f"{PARQUET_LINK}-"

NO_KEYS: Mapping[str, Sequence[str]] = MappingProxyType({})

# Makes the dashboard: from a publication's database and its record, into a folder.
SiteWriter = Callable[[Path, Publication, Path], None]


def publish(
    settings: Settings,
    target: Target,
    refresh: Refresh,
    write_site: SiteWriter | None = None,
    keys: Mapping[str, Sequence[str]] = NO_KEYS,
) -> Publication:
    """Copy every mart of the target's warehouse file to its published folder and swap it in.

    It starts from what is published there already, and replaces the rows that differ; a full refresh starts from
    nothing. A mart written anew is in the order of its key, or of all its columns where none is known; rows that have
    changed since come last, in that order. So the same marts over the same publication give the same content.

    A past day's own warehouse file is removed afterwards: it was built for this publication.

    Args:
        settings: the refresh's settings.
        target: the business day, what to read, where to publish.
        refresh: the refresh that built the marts.
        write_site: makes the dashboard; None: none is published.
        keys: columns that no two rows of a mart share, by mart.

    Returns:
        The record of the publication, as it stands beside it.

    Raises:
        NothingToPublishError: there are no marts; what was published before stays.
        duckdb.Error, OSError: copying failed, a full disk for one; what was published before stays.
    """
    published_at = utc_now()
    with _staging_folder(target.published_dir) as staging:
        files = Files(staging / target.published_file.name, staging / version_name(published_at, PARQUET_PREFIX))
        files.parquet.mkdir()
        before = None if settings.full else _published_before(target)
        try:
            contents = copy_marts(settings, target, files, before, keys)
        except duckdb.Error as error:
            if before is None or not is_damage(error):
                raise
            # What is published is damaged, though nobody has written in it: start from nothing.
            remove_database(files.database)
            shutil.rmtree(files.parquet)
            files.parquet.mkdir()
            contents = copy_marts(settings, target, files, None, keys)
        publication = Publication(
            as_of=target.day,
            known_as_of=settings.known_as_of,
            reporting_currency=settings.reporting_currency or contents.only_currency,
            refresh_id=refresh.refresh_id,
            published_at=published_at,
            duebook_version=duebook_version(),
            database=files.database.name,
            parquet=files.parquet.name,
            row_counts=contents.row_counts,
            left_as=left_as(files.database),
            parquet_left_as=folder_left_as(files.parquet),
        )
        site = staging / settings.dashboard_dir.name
        if write_site:
            write_site(files.database, publication, site)
        _swap_in(publication, target, staging)
        if write_site:
            swap_site_in(site, target.published_dir / site.name)
    if target.is_past:
        _remove_past_warehouse(target)
    return publication


def duebook_version() -> str:
    """Return the version this code says it is."""
    return tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def _published_before(target: Target) -> Files | None:
    """Return what is published already; None if nothing is, or if it isn't as it was left."""
    record = as_it_was_left(target.published_dir)
    return record and Files(target.published_file, target.published_dir / record.parquet)


@contextmanager
def _staging_folder(published_dir: Path) -> Iterator[Path]:
    """Make an empty staging folder, and remove it whatever happens; what a kill left in it goes first."""
    staging = published_dir / STAGING_FOLDER
    _clear(staging)
    staging.mkdir(parents=True)
    try:
        yield staging
    finally:
        _clear(staging)


def _clear(staging: Path) -> None:
    """Finish a publication whose database is swapped in, then remove the folder."""
    if unfinished := unfinished_publication(staging.parent):
        _swap_the_rest_in(unfinished, staging)
    drop_draft(staging)
    shutil.rmtree(staging, ignore_errors=True)


def _swap_in(publication: Publication, target: Target, staging: Path) -> None:
    """Replace what is published; the only steps readers can see."""
    folder = target.published_dir
    # Whose day the database speaks of decides what may be published over it, so the record is never lost after it.
    draft_record(publication, staging)
    (staging / publication.parquet).replace(folder / publication.parquet)
    # DuckDB would replay into the new file what someone who wrote in the old one left in its log.
    target.published_file.with_name(f"{target.published_file.name}.wal").unlink(missing_ok=True)
    (staging / target.published_file.name).replace(target.published_file)
    _swap_the_rest_in(publication, staging)
    remove_replaced(folder, publication.published_at, PARQUET_PREFIX)


def _swap_the_rest_in(publication: Publication, staging: Path) -> None:
    """Replace what stands beside the database: the link `parquet` and the record."""
    # Where links can't be made (Windows without the right to), readers find the folder's name in the record.
    with suppress(OSError):
        new_link = staging / PARQUET_LINK
        new_link.unlink(missing_ok=True)
        new_link.symlink_to(publication.parquet, target_is_directory=True)
        new_link.replace(staging.parent / PARQUET_LINK)
    swap_record_in(staging.parent)


def _remove_past_warehouse(target: Target) -> None:
    target.warehouse_file.unlink(missing_ok=True)
    with suppress(OSError):
        target.warehouse_file.parent.rmdir()

"""Publishing: the marts of one business day, copied to where readers open them, and swapped in at once.

Here: copying, swapping, cleaning up. Not here: which day goes where (targets.py), the record that stands beside it
(publication.py), what the dashboard is (the package dashboard), Dagster (assets.py).

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

from orchestration.defs.publication.log import Refresh, utc_now
from orchestration.defs.publication.publication import (
    STAGING_FOLDER,
    Publication,
    draft_record,
    drop_draft,
    swap_record_in,
    sync,
    unfinished_publication,
)
from orchestration.defs.publication.site import swap_site_in
from orchestration.defs.publication.targets import Target
from orchestration.defs.publication.versions import remove_replaced, version_name
from orchestration.settings import LANDED_ALIAS, MARTS_SCHEMA, PROJECT_ROOT, Settings
from orchestration.sql_text import attach, identifier, literal

PARQUET_LINK = "parquet"
PARQUET_PREFIX = f"{PARQUET_LINK}-"
# Copying streams; only sorting needs memory, and spills to the staging folder beyond this.
MEMORY_LIMIT = "2GB"

NO_KEYS: Mapping[str, Sequence[str]] = MappingProxyType({})

# Makes the dashboard: from a publication's database and its record, into a folder.
SiteWriter = Callable[[Path, Publication, Path], None]


class NothingToPublishError(RuntimeError):
    """The warehouse file holds no marts."""


def publish(
    settings: Settings,
    target: Target,
    refresh: Refresh,
    write_site: SiteWriter | None = None,
    keys: Mapping[str, Sequence[str]] = NO_KEYS,
) -> Publication:
    """Copy every mart of the target's warehouse file to its published folder and swap it in.

    The rows of a mart are written in the order of its key, or of all its columns where none is known, so the same marts
    give the same content. A past day's own warehouse file is removed afterwards: it was built for this publication.

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
        parquet = staging / version_name(published_at, PARQUET_PREFIX)
        parquet.mkdir()
        row_counts, currencies = _copy_marts(settings, target, staging / target.published_file.name, parquet, keys)
        publication = Publication(
            as_of=target.day,
            known_as_of=settings.known_as_of,
            reporting_currency=settings.reporting_currency or (currencies[0] if len(currencies) == 1 else None),
            refresh_id=refresh.refresh_id,
            published_at=published_at,
            duebook_version=duebook_version(),
            database=target.published_file.name,
            parquet=parquet.name,
            row_counts=row_counts,
        )
        site = staging / settings.dashboard_dir.name
        if write_site:
            write_site(staging / target.published_file.name, publication, site)
        _swap_in(publication, target, staging)
        if write_site:
            swap_site_in(site, target.published_dir / site.name)
    if target.is_past:
        _remove_past_warehouse(target)
    return publication


def duebook_version() -> str:
    """Return the version this code says it is."""
    return tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


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


def _copy_marts(
    settings: Settings, target: Target, database: Path, parquet: Path, keys: Mapping[str, Sequence[str]]
) -> tuple[dict[str, int], list[str]]:
    """Copy the marts into a new DuckDB file and into Parquet files; return row counts and the ledger's currencies."""
    config = {
        "threads": settings.threads,
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(database.parent / "spill"),
    }
    with duckdb.connect(config=config) as connection:
        # Views among the marts name other relations in full: the warehouse keeps the name dbt knew it by.
        warehouse = target.warehouse_file.stem
        connection.execute(attach(target.warehouse_file, warehouse))
        connection.execute(attach(settings.landed_file, LANDED_ALIAS))
        connection.execute(f"attach {literal(database)} as publication")
        connection.execute(f"create schema publication.{MARTS_SCHEMA}")
        marts = _relations(connection, warehouse)
        if not marts:
            raise NothingToPublishError(f"{target.warehouse_file} holds no marts (schema {MARTS_SCHEMA}).")
        row_counts = {}
        for mart in marts:
            copy = identifier("publication", MARTS_SCHEMA, mart)
            order = ", ".join(identifier(column) for column in keys.get(mart, ())) or "all"
            rows = f"from {identifier(warehouse, MARTS_SCHEMA, mart)} order by {order}"
            connection.execute(f"create table {copy} as {rows}")
            _copy_comments(connection, warehouse, mart)
            file = parquet / f"{mart}.parquet"
            connection.execute(f"copy {copy} to {literal(file)} (format parquet, compression zstd)")
            sync(file)
            [(row_counts[mart],)] = connection.execute(f"select count(*) from {copy}").fetchall()
        currencies = []
        if "fct_receivables_ledger" in row_counts:
            currencies = connection.execute(
                f"select distinct currency_code from publication.{MARTS_SCHEMA}.fct_receivables_ledger"
            ).fetchall()
        connection.execute("checkpoint publication")
        connection.execute("detach publication")
    sync(parquet)
    sync(database)
    return row_counts, [currency for (currency,) in currencies]


def _relations(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    rows = connection.execute(
        "select table_name from information_schema.tables where table_catalog = ? and table_schema = ? order by all",
        [database, MARTS_SCHEMA],
    ).fetchall()
    return [name for (name,) in rows]


def _copy_comments(connection: duckdb.DuckDBPyConnection, database: str, mart: str) -> None:
    """Give the copy what the original says of itself and of its columns."""
    here = [database, MARTS_SCHEMA, mart]
    of_mart = connection.execute(
        "select comment from duckdb_tables() where database_name = $1 and schema_name = $2 and table_name = $3"
        " union all"
        " select comment from duckdb_views() where database_name = $1 and schema_name = $2 and view_name = $3",
        here,
    ).fetchall()
    of_columns = connection.execute(
        "select column_name, comment from duckdb_columns()"
        " where database_name = $1 and schema_name = $2 and table_name = $3 and comment is not null",
        here,
    ).fetchall()
    copy = identifier("publication", MARTS_SCHEMA, mart)
    for (comment,) in of_mart:
        if comment:
            connection.execute(f"comment on table {copy} is {literal(comment)}")
    for column, comment in of_columns:
        connection.execute(f"comment on column {copy}.{identifier(column)} is {literal(comment)}")


def _swap_in(publication: Publication, target: Target, staging: Path) -> None:
    """Replace what is published; the only steps readers can see."""
    folder = target.published_dir
    # Whose day the database speaks of decides what may be published over it, so the record is never lost after it.
    draft_record(publication, staging)
    (staging / publication.parquet).replace(folder / publication.parquet)
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

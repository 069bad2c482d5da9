"""What a report says of the refresh that made a publication and its marts don't: how long it took, what each table got.

Here: those facts, and reading from the landing database what came in. Not here: where the others come from (Dagster's
history: orchestration, dbt's results: duebook/warehouse), the page (the package dashboard).
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from duebook.contract import Table, read_contract
from duebook.database_files import DamagedFileError, FileInUseError, open_database
from duebook.landing.registry import LOADED_FILES
from duebook.publication.reader import Published, UnreadableError, reading
from duebook.publication.record import Publication, read_publication
from duebook.settings import RAW_SCHEMA, Settings


@dataclass(frozen=True)
class Took:
    """How long something took: a stage, or a model."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Warned:
    """A test of dbt's that warned, and how many rows it found; None where it didn't say."""

    name: str
    rows: int | None


@dataclass(frozen=True)
class BuildFacts:
    """What dbt did: each model with its seconds, longest first; how many tests ran, and passed; which warned."""

    models: tuple[Took, ...]
    tests: int
    passed: int
    warned: tuple[Warned, ...]


@dataclass(frozen=True)
class Arrived:
    """What a table got. `amended` and `deleted` are loaded rows: of records known before, and marked as deleted."""

    table: str
    files: int
    read: int
    loaded: int
    held_back: int
    amended: int
    deleted: int


@dataclass(frozen=True)
class Run:
    """What is known of a refresh beside its marts.

    Attributes:
        engine: what ran the models.
        landed_file: the landing database.
        published_dir: where it is published; until then, what is there is the publication before.
        site: where the dashboard is opened, with the reports of publications before.
        stages: how long each took, in their order; none if nothing was loaded or built.
        build: what dbt did; None if nothing was built, or if it isn't known any more.
        is_past: it publishes a past day, whose rows may have landed long ago.
    """

    engine: str
    landed_file: Path
    published_dir: Path
    site: Path
    stages: tuple[Took, ...] = ()
    build: BuildFacts | None = None
    is_past: bool = False


@dataclass(frozen=True)
class Before:
    """The publication that another replaces.

    Attributes:
        record: its record; None if nothing was published there.
        published: its marts, open; None if they can't be compared with.
        why_not: why they can't, in words.
    """

    record: Publication | None
    published: Published | None = None
    why_not: str = ""


def run_of(
    settings: Settings, published_dir: Path, stages: tuple[Took, ...] = (), build: BuildFacts | None = None
) -> Run:
    """Return what is known of a refresh that publishes into a folder."""
    return Run(
        engine=settings.engine,
        landed_file=settings.landed_file,
        published_dir=published_dir,
        site=published_dir / settings.dashboard_dir.name,
        stages=stages,
        build=build,
        is_past=published_dir != settings.published_dir,
    )


def read_arrivals(landed_file: Path, since: datetime, until: datetime) -> list[Arrived] | None:
    """Read what was loaded within a time, by table; None if the landing database can't be read.

    Args:
        landed_file: the landing database.
        since: a time, UTC without zone.
        until: another.
    """
    if not landed_file.exists():
        return None
    try:
        with open_database(landed_file, read_only=True) as landing:
            return list(_arrivals(landing, since, until))
    except (DamagedFileError, FileInUseError, OSError, duckdb.Error):
        return None


def _arrivals(landing: duckdb.DuckDBPyConnection, since: datetime, until: datetime) -> Iterator[Arrived]:
    if not landing.execute("from information_schema.tables where table_name = ?", [LOADED_FILES.name]).fetchall():
        return
    files = landing.execute(
        "select table_name, min(file_number), max(file_number), count(*), sum(rows_read)::bigint,"
        " sum(rows_loaded)::bigint, sum(rows_quarantined)::bigint"
        f" from {RAW_SCHEMA}.{LOADED_FILES.name} where loaded_at between ? and ?"
        " group by table_name order by table_name",
        [since, until],
    ).fetchall()
    # A record that landed in an earlier load was known; within a load there is no before.
    first = min((number for _, number, *_ in files), default=0)
    tables = {table.name: table for table in read_contract().tables}
    for name, _, last, *counts in files:
        changed = landing.execute(_changed(tables[name]), [first, first, last]).fetchone() if name in tables else (0, 0)
        yield Arrived(name, *counts, *changed)


def _changed(table: Table) -> str:
    """SQL that counts the rows of some files which are new versions of records known before, and deletions."""
    same = " and ".join(f"known.{column} = landed.{column}" for column in table.key)
    rows = f"{RAW_SCHEMA}.{table.name}"
    return (
        "select count(*) filter (where not coalesce(is_deleted, false)"
        f" and exists (select 1 from {rows} as known where known.source_file_number < ? and {same})),"
        f" count(*) filter (where is_deleted) from {rows} as landed where source_file_number between ? and ?"
    )


@contextmanager
def publication_before(run: Run, publication: Publication) -> Iterator[Before]:
    """Open the publication that another replaces.

    Args:
        run: the refresh that publishes.
        publication: what it publishes.
    """
    record = read_publication(run.published_dir)
    if record is None:
        yield Before(None, why_not="Nothing was published here before.")
        return
    if record.refresh_id == publication.refresh_id:
        yield Before(record, why_not="This page was made after the publication: the one before was gone.")
        return
    with ExitStack() as opened:
        try:
            before = Before(record, opened.enter_context(reading(run.published_dir / record.database)))
        except (UnreadableError, duckdb.Error):
            before = Before(record, why_not="The publication before can't be read.")
        yield before


def arrivals_since(run: Run, before: Before, publication: Publication, started_at: datetime | None) -> datetime | None:
    """Return since when what landed is new to a publication; None if that isn't known.

    That is more than its own refresh loaded, if others before it loaded and then failed.

    Args:
        run: the refresh that made it.
        before: the publication it replaces.
        publication: its record.
        started_at: when its refresh began, if the log knows it.
    """
    if before.record is None:
        return started_at if run.is_past else datetime.min
    if started_at is None or before.record.refresh_id == publication.refresh_id:
        return started_at
    return min(started_at, before.record.published_at)

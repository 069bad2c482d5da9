"""One load, from start to end: find new files, read and check them, hand them to dlt, say what came of it.

All reading and checking comes before the first row is sent, so a landing that can't be loaded changes nothing. What a
killed load leaves is taken out before the next one begins (``registry``). Run as a module
(``python -m orchestration.defs.ingestion.loading``) it loads with the settings of the environment; Dagster runs the
same steps (``assets``).
"""

import shutil
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import duckdb
from dlt.common.pipeline import LoadInfo
from dlt.extract.source import DltSource
from dlt.pipeline.pipeline import Pipeline

from orchestration.defs.ingestion.checking import CheckedFile, bad_share, check_file
from orchestration.defs.ingestion.contract import Contract, read_contract
from orchestration.defs.ingestion.files import LandedFile, LandingError, find_files
from orchestration.defs.ingestion.registry import Memory, recall
from orchestration.defs.ingestion.source import CheckedLanding, landing_pipeline, landing_source
from orchestration.home import HomeIsBusyError, only_writer
from orchestration.settings import Settings, get_settings

# What the staging database may hold in memory; beyond that it writes to disk.
STAGING_MEMORY = "1GB"


@dataclass(frozen=True)
class TableCounts:
    """Rows of one table in one load; read = loaded + quarantined."""

    rows_read: int
    rows_loaded: int
    rows_quarantined: int

    @classmethod
    def of(cls, files: Collection[CheckedFile]) -> Self:
        """The rows of these files together."""
        return cls(
            sum(file.rows_read for file in files),
            sum(file.rows_loaded for file in files),
            sum(file.rows_quarantined for file in files),
        )


@dataclass(frozen=True)
class LoadReport:
    """What a load brought: counts of every table of the contract, the new files in the order of loading.

    ``load_id`` is dlt's, None when there was nothing to load.
    """

    load_id: str | None
    tables: Mapping[str, TableCounts]
    files: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class PreparedLoad:
    """A checked landing, ready to be sent: run ``pipeline`` on ``source``."""

    pipeline: Pipeline
    source: DltSource
    checked: Mapping[str, tuple[CheckedFile, ...]]
    started: float

    def counts(self, table: str) -> TableCounts:
        """Rows of one table in this load."""
        return TableCounts.of(self.checked.get(table, ()))

    def report(self, contract: Contract, info: LoadInfo) -> LoadReport:
        """What came of it."""
        files = sorted((file for files in self.checked.values() for file in files), key=lambda file: file.number)
        return LoadReport(
            load_id=next(iter(info.loads_ids), None),
            tables={table.name: self.counts(table.name) for table in contract.tables},
            files=tuple(file.file.name for file in files),
            seconds=time.monotonic() - self.started,
        )


def load_landing(settings: Settings, log: Callable[[str], None] = print) -> LoadReport:
    """Load every new file of the landing into the raw tables.

    Args:
        settings: where the landing and the home are, and the share of bad rows allowed.
        log: gets progress and warning lines.

    Raises:
        LandingError: the landing can't be loaded; nothing of it was.
        HomeIsBusyError: another process writes in this home.
    """
    contract = read_contract()
    with prepared_load(settings, log) as load:
        load.pipeline.drop()
        info = load.pipeline.run(load.source)
        report = load.report(contract, info)
    log(f"Loaded {len(report.files)} new files in {report.seconds:.1f} s.")
    return report


@contextmanager
def prepared_load(
    settings: Settings, log: Callable[[str], None], tables: frozenset[str] | None = None
) -> Iterator[PreparedLoad]:
    """Read and check what is new in the landing; inside the ``with`` it can be sent.

    Whatever ends the load early, its rows are gone afterwards.

    Args:
        settings: where the landing and the home are, and the share of bad rows allowed.
        log: gets progress and warning lines.
        tables: leave out the files of all other tables.

    Raises:
        LandingError: the landing can't be loaded.
        HomeIsBusyError: another process writes in this home.
    """
    contract = read_contract()
    with only_writer(settings), _staging(settings.dlt_dir / "staging") as (con, work):
        started, loaded_at = time.monotonic(), datetime.now(UTC).replace(tzinfo=None)
        files = find_files(settings.landing, contract, log)
        memory = recall(settings, contract)
        _refuse_another_landing(settings, files, memory, log)
        checked = _checked(con, work, _wanted(files, tables), memory, settings.max_bad_share, log)
        landing = CheckedLanding(con, checked, memory.absent, loaded_at)
        try:
            if checked:
                log(f"writing to {settings.landed_file}")
            yield PreparedLoad(landing_pipeline(settings), landing_source(contract, landing), checked, started)
        except BaseException:
            recall(settings, contract)
            raise


def _wanted(files: list[LandedFile], tables: frozenset[str] | None) -> list[LandedFile]:
    return [file for file in files if tables is None or file.table.name in tables]


@contextmanager
def _staging(work: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database for the rows under way and its folder; both gone afterwards, as are those of a killed load before."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        limits = {"memory_limit": STAGING_MEMORY, "temp_directory": str(work)}
        with duckdb.connect(config=limits) as con:
            con.execute("set TimeZone = 'UTC'")
            yield con, work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _refuse_another_landing(
    settings: Settings, files: list[LandedFile], memory: Memory, log: Callable[[str], None]
) -> None:
    """Files only ever get added. When none of those loaded is there, this is another landing."""
    gone = memory.names - {file.name for file in files}
    if gone and gone == memory.names:
        raise LandingError(
            f"{settings.home} was loaded from another landing than {settings.landing}, which has none of its "
            f"{len(gone)} files: set DUEBOOK_HOME to a folder of its own"
        )
    if gone:
        log(f"warning: {len(gone)} loaded files are no longer in the landing, such as {min(gone)}; their rows stay")


def _checked(
    con: duckdb.DuckDBPyConnection,
    work: Path,
    files: list[LandedFile],
    memory: Memory,
    max_bad_share: float,
    log: Callable[[str], None],
) -> dict[str, tuple[CheckedFile, ...]]:
    """Check the new files, numbered in the order of the list, table by table.

    Raises:
        LandingError: the first file that can't be read; or else every table with too many bad rows.
    """
    checked: dict[str, tuple[CheckedFile, ...]] = {}
    refusals: list[str] = []
    new = [f for f in files if f.name not in memory.names or (f.name, f.content_hash()) not in memory.known]
    if new:
        log(f"reading {len(new)} new files")
    numbered: dict[str, list[tuple[int, LandedFile]]] = {}
    for number, file in enumerate(new, start=memory.next_number):
        numbered.setdefault(file.table.name, []).append((number, file))
    for name, of_table in numbered.items():
        checked[name] = tuple(check_file(con, file, number, work) for number, file in of_table)
        counts = TableCounts.of(checked[name])
        rows, bad = f"{counts.rows_read:,} rows", f"{counts.rows_quarantined:,} of them"
        log(f"{name}: {rows} in {len(of_table)} new files, {bad} to quarantine")
        refusals += bad_share(con, checked[name], max_bad_share)
    if refusals:
        raise LandingError("\n".join(refusals))
    return checked


def _main() -> None:
    try:
        load_landing(get_settings())
    except (LandingError, HomeIsBusyError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    _main()

"""One load, from start to end: find new files, read and check them, hand them to dlt, say what came of it.

All reading and checking comes before the first row is sent, so a landing that can't be loaded changes nothing. What a
killed load leaves is taken out before the next one begins (``registry``). Run as a module
(``python -m duebook.landing.loading``) it loads with the settings of the environment; Dagster runs the
same steps (``assets``).
"""

import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TypeVar

import duckdb
from dlt import Pipeline
from dlt.common.pipeline import LoadInfo
from dlt.sources import DltSource

from duebook.contract import Contract, read_contract
from duebook.home import HomeIsBusyError, keep_from_others, only_writer
from duebook.landing.arrivals import arrivals, refuse_a_landing_without_its_files, repetitions
from duebook.landing.checking import CheckedFile
from duebook.landing.faults import bad_share, check_files, unreadable_lines, write_all
from duebook.landing.files import LandedFile, LandingError, find_files
from duebook.landing.load_errors import told_in_one_line
from duebook.landing.registry import Memory, Renamed, note_renames, recall
from duebook.landing.source import CheckedLanding, landing_pipeline, landing_source
from duebook.landing.unpacking import Limits
from duebook.landing.work_folder import staging
from duebook.reference import CURRENCIES, ReferenceDataError, check_home_files, codes
from duebook.settings import Settings
from duebook.telemetry import switch_telemetry_off

Arrived = TypeVar("Arrived", LandedFile, Renamed)


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
        LandingError: the landing can't be loaded, or the home's reference files can't be used.
        HomeIsBusyError: another process writes in this home.
    """
    contract = read_contract()
    if settings.wrong_in_home:
        raise LandingError(settings.wrong_in_home)
    try:
        check_home_files(settings)
    except ReferenceDataError as error:
        raise LandingError(str(error)) from error
    with told_in_one_line(settings), only_writer(settings), staging(settings, log) as (con, work):
        started, loaded_at = time.monotonic(), datetime.now(UTC).replace(tzinfo=None)
        files = find_files(settings.landing, contract, log)
        memory = recall(settings, contract, log)
        arrived = arrivals(files, memory.held, Limits.of(settings))
        refuse_a_landing_without_its_files(settings, contract, files, memory.held, arrived.gone)
        checked = _checked(con, work, _wanted(arrived.new, tables), memory, settings, log)
        renamed = _wanted(arrived.renamed, tables)
        _tell(arrived.gone, renamed, checked, memory, log)
        note_renames(settings, renamed, memory.next_number)
        landing = CheckedLanding(con, checked, memory.absent, loaded_at)
        try:
            if checked:
                log(f"writing to {settings.landed_file}")
            yield PreparedLoad(landing_pipeline(settings), landing_source(contract, landing), checked, started)
        except BaseException:
            recall(settings, contract)
            raise


def _wanted(files: list[Arrived], tables: frozenset[str] | None) -> list[Arrived]:
    return [file for file in files if tables is None or file.table.name in tables]


def _tell(
    gone: Sequence[str],
    renamed: Sequence[Renamed],
    checked: Mapping[str, tuple[CheckedFile, ...]],
    memory: Memory,
    log: Callable[[str], None],
) -> None:
    """Say what became of files that were loaded before: gone, under another name, landed again."""
    if gone:
        log(f"warning: {len(gone)} loaded files are no longer in the landing, such as {gone[0]}; their rows stay")
    if renamed:
        first = renamed[0]
        log(
            f"warning: {len(renamed)} loaded files have other names now, such as {first.loaded.name}, now "
            f"{first.new_name}; nothing of them is loaded again"
        )
    # Files without rows are alike, and repeat nothing.
    landed = [(file.file.name, file.contents) for files in checked.values() for file in files if file.rows_read]
    if repeated := repetitions(landed, memory.contents):
        (name, other), *_ = repeated
        log(
            f"warning: {len(repeated)} new files repeat what was landed before, such as {name}, which holds what "
            f"{other} held; they are loaded as the newest state"
        )


def _checked(
    con: duckdb.DuckDBPyConnection,
    work: Path,
    files: list[LandedFile],
    memory: Memory,
    settings: Settings,
    log: Callable[[str], None],
) -> Mapping[str, tuple[CheckedFile, ...]]:
    """Check the new files, numbered in the order of the list, table by table.

    Raises:
        LandingError: files can't be read, or tables have too many bad rows; says so of all of them, and where the
            whole list is.
    """
    if files:
        log(f"reading {len(files)} new files")
    numbered = enumerate(files, start=memory.next_number)
    found = check_files(con, numbered, work, log, Limits.of(settings), codes(*CURRENCIES, settings))
    refusals = unreadable_lines(found)
    for of_table in found.checked.values():
        refusals += bad_share(con, of_table, settings.max_bad_share)
    if refusals:
        whole = settings.logs_dir / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}_as_of_{settings.as_of}.bad_rows.csv"
        refusals.append(f"Nothing was loaded; the fixed files load next time. {write_all(con, found, whole)}")
        raise LandingError("\n".join(refusals))
    return found.checked


def _main() -> None:
    # What goes wrong is said in a line; dlt would tell the stack of each of its threads first.
    switch_telemetry_off()
    os.environ.setdefault("RUNTIME__LOG_LEVEL", "CRITICAL")
    try:
        settings = Settings()
        keep_from_others(settings)
        load_landing(settings)
    except (LandingError, HomeIsBusyError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    _main()

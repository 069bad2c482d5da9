"""One load, from start to end: find new files, read and check them, pass them to dlt, report what was loaded.

All files are read and checked before the first row is sent, so a landing that can't be loaded changes nothing. Rows of
a killed load are removed before the next one begins (``registry``). Run as a module
(``python -m duebook.landing.loading``), it loads with the settings of the environment; Dagster runs the same steps
(orchestration/defs/landing.py).
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
from duebook.encrypted_home import refuse_wrong_keys, remove_drafts
from duebook.home import HomeIsBusyError, keep_from_others, only_writer
from duebook.landing.arrivals import arrivals, refuse_a_landing_without_its_files, repetitions
from duebook.landing.checking import CheckedFile
from duebook.landing.erased import Elsewhere, clear_checked, clear_landed_again, nowhere_else
from duebook.landing.faults import bad_share, check_files, unreadable_lines, write_all
from duebook.landing.files import LandedFile, LandingError, find_files
from duebook.landing.kept import leave_out_what_is_old
from duebook.landing.load_errors import failures_in_one_line
from duebook.landing.registry import Registry, Renamed, note_renames, read_registry, settle_files
from duebook.landing.source import CheckedLanding, landing_pipeline, landing_source
from duebook.landing.unpacking import Limits
from duebook.landing.work_folder import staging
from duebook.reference import ReferenceDataError, check_home_files
from duebook.room import NoRoomError, refuse_without_room
from duebook.settings import RAW_SCHEMA, Settings
from duebook.telemetry import switch_telemetry_off
from duebook.words import counted

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
    """What was loaded: counts for every table of the contract, and the new files in the order of loading.

    ``load_id`` is dlt's; None if there was nothing to load.
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
        """Return what was loaded."""
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
        LandingError: the landing can't be loaded; nothing was loaded.
        HomeIsBusyError: another process writes in this home.
    """
    contract = read_contract()
    with prepared_load(settings, log) as load:
        load.pipeline.drop()
        info = load.pipeline.run(load.source)
        report = load.report(contract, info)
    log(f"Loaded {counted(len(report.files), 'new file')} in {report.seconds:.1f} s.")
    return report


@contextmanager
def prepared_load(
    settings: Settings,
    log: Callable[[str], None],
    tables: frozenset[str] | None = None,
    elsewhere: Elsewhere = nowhere_else,
) -> Iterator[PreparedLoad]:
    """Read and check the new files of the landing; inside the ``with`` they can be sent.

    If the load ends early for any reason, its rows are removed.

    Args:
        settings: where the landing and the home are, and the share of bad rows allowed.
        log: gets progress and warning lines.
        tables: leave out the files of all other tables.
        elsewhere: removes what was made of landed rows; called where rows of earlier files are cleared.

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
    with failures_in_one_line(settings), only_writer(settings), staging(settings, log) as (con, work):
        started = time.monotonic()
        refuse_wrong_keys(settings)
        remove_drafts(settings)
        files = find_files(settings.landing, contract, log)
        registry = read_registry(settings, contract, log)
        arrived = arrivals(files, registry.held, Limits.of(settings))
        refuse_a_landing_without_its_files(settings, contract, files, registry.held, arrived.gone)
        _refuse_without_room(settings, arrived.new)
        checked = _checked(con, work, _wanted(arrived.new, tables), registry, settings, log)
        clear_checked(con, checked, settings, contract)
        leave_out_what_is_old(con, checked, settings, contract, log)
        renamed = _wanted(arrived.renamed, tables)
        _log_earlier_files(arrived.gone, renamed, checked, registry, log)
        note_renames(settings, renamed, registry.next_number)
        loaded_at = _not_before(registry.last_loaded_at, log)
        landing = CheckedLanding(con, checked, registry.absent, loaded_at)
        try:
            if checked:
                log(f"writing to {settings.raw_files_dir if settings.raw_as_files else settings.landed_file}")
            with landing_pipeline(settings) as pipeline:
                yield PreparedLoad(pipeline, landing_source(contract, landing), checked, started)
        except BaseException:
            read_registry(settings, contract)
            raise
        settle_files(settings, contract, settings.loading_dir / RAW_SCHEMA)
        if cleared := sum(clear_landed_again(settings, contract, elsewhere).values()):
            why = "what landed says only now whose they are, or an erasure was ended early"
            log(f"cleared {counted(cleared, 'row')} of persons who were erased: {why}")


def _not_before(last: datetime | None, log: Callable[[str], None]) -> datetime:
    """Return when this load counts as done: now, or if the clock has gone back, when the last one was.

    A row that lands later is known later, whatever the clock says: a deletion that lands has to count after what it
    deletes.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    if last is None or last <= now:
        return now
    earlier, later = (f"{moment:%Y-%m-%d %H:%M} UTC" for moment in (now, last))
    log(
        f"warning: the clock of this machine says {earlier}, before the last load ({later}): this one counts as loaded "
        "then. Set the clock right"
    )
    return last


def _refuse_without_room(settings: Settings, new: Sequence[LandedFile]) -> None:
    """Refuse to begin what would fill the disk: a refresh by Dagster begins here.

    Raises:
        LandingError: says how much room is needed, for what and where.
    """
    try:
        refuse_without_room(settings, [file.path for file in new])
    except NoRoomError as error:
        raise LandingError(str(error)) from error


def _wanted(files: list[Arrived], tables: frozenset[str] | None) -> list[Arrived]:
    return [file for file in files if tables is None or file.table.name in tables]


def _log_earlier_files(
    gone: Sequence[str],
    renamed: Sequence[Renamed],
    checked: Mapping[str, tuple[CheckedFile, ...]],
    registry: Registry,
    log: Callable[[str], None],
) -> None:
    """Log a warning about files that were loaded before and are gone, renamed, or landed again."""
    if gone:
        log(f"warning: {len(gone)} loaded files are no longer in the landing, such as {gone[0]}; their rows stay")
    if renamed:
        first = renamed[0]
        log(
            f"warning: {len(renamed)} loaded files were renamed, such as {first.loaded.name}, now {first.new_name}; "
            "they are not loaded again"
        )
    # Files without rows all have the same content, and repeat nothing.
    landed = [(file.file.name, file.contents) for files in checked.values() for file in files if file.rows_read]
    if repeated := repetitions(landed, registry.contents):
        (name, other), *_ = repeated
        log(
            f"warning: {len(repeated)} new files repeat the content of earlier ones, such as {name}, which has the "
            f"content of {other}; they are loaded as the newest state"
        )


def _checked(
    con: duckdb.DuckDBPyConnection,
    work: Path,
    files: list[LandedFile],
    registry: Registry,
    settings: Settings,
    log: Callable[[str], None],
) -> Mapping[str, tuple[CheckedFile, ...]]:
    """Check the new files, numbered in the order of the list, table by table.

    Raises:
        LandingError: files can't be read, or tables have too many bad rows; names all of them, and the file with the
            full list.
    """
    if files:
        log(f"reading {counted(len(files), 'new file')}")
    numbered = enumerate(files, start=registry.next_number)
    found = check_files(con, numbered, work, log, settings)
    refusals = unreadable_lines(found)
    for of_table in found.checked.values():
        refusals += bad_share(con, of_table, settings.max_bad_share)
    if refusals:
        whole = settings.logs_dir / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}_as_of_{settings.as_of}.bad_rows.csv"
        refusals.append(f"Nothing was loaded. Fix the files and refresh again. {write_all(con, found, whole)}")
        raise LandingError("\n".join(refusals))
    return found.checked


def _main() -> None:
    # An error is printed in one line; without this, dlt would first print the stack trace of each of its threads.
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

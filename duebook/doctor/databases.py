"""The databases of a home that refreshes write: whether every block of them can be read, and holds what is recorded.

DuckDB notices a damaged block when it reads it, so every row is read. A database is held for half a second at a time,
and never while a refresh runs: one that begins meanwhile finds it free, or tries again
(docs/decisions/0116-doctor-between-refreshes.md). Not here: the published file (publication.py).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from duebook.adapters.engine.state import WITHOUT_STATE, damaged_states
from duebook.contract import read_contract
from duebook.database_files import DamagedFileError, FileInUseError, is_damage, open_database
from duebook.doctor.findings import Finding, Part, note
from duebook.encryption import EncryptionError
from duebook.home import writer_of
from duebook.landing.opened import glob
from duebook.publication.targets import Target
from duebook.raw_views import DLT_LOADS, files_named, gap, put_back, stored_tables, without_backup
from duebook.settings import RAW_SCHEMA, Settings, marts_file_of
from duebook.sql_text import identifier, literal
from duebook.warehouse.build_plan import is_whole
from duebook.words import counted

# How long a database is held, or as long as one table takes.
HELD_SECONDS = 0.5
LANDING = "landed rows"
WAREHOUSE = "warehouse"
SOURCES = "sources"
_UNREADABLE = (duckdb.Error, DamagedFileError, FileInUseError, OSError)


class BusyError(RuntimeError):
    """A refresh writes in the home; the message says which."""


@contextmanager
def between_refreshes(settings: Settings, file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database that refreshes write, for a moment.

    Args:
        settings: whose home.
        file: the database.

    Raises:
        BusyError: a refresh runs, and may write in it.
        DamagedFileError, FileInUseError, OSError: as `open_database` does.
    """
    if busy := writer_of(settings):
        raise BusyError(busy)
    with open_database(file, read_only=True) as con:
        yield con


def landed_rows(settings: Settings) -> Part:
    """Read all landed rows, and count them against the record of loaded files."""
    file = settings.landed_file
    if not file.exists():
        lost = "All loaded rows are in that file: put it back from the last backup"
        return Part(LANDING, "nothing", (Finding(f"{file} is gone", f"{lost}. {without_backup(settings)}"),))
    try:
        tables = _read_through(settings, file)
        findings = _files_of_views(settings)
        if not findings:
            findings = _counted_against_the_record(settings)
    except BusyError as busy:
        return Part(LANDING, str(busy), was_looked_at=False)
    except _UNREADABLE as error:
        to_do = f"It holds all loaded rows: replace it by its last backup. {without_backup(settings)}"
        return Part(LANDING, "what can be read", (_unreadable(file, error, to_do),))
    return Part(LANDING, f"{counted(tables, 'table')} read, rows counted against the files they came in", findings)


def sources(settings: Settings) -> Part:
    """Read what each source has landed, by which the next landing knows what is new."""
    if busy := writer_of(settings):
        return Part(SOURCES, busy, was_looked_at=False)
    states = list(settings.adapters_dir.glob("*.duckdb"))
    try:
        findings = tuple(
            Finding(f"{file} is damaged: {why}", f"{WITHOUT_STATE}.") for file, why in damaged_states(settings)
        )
    except EncryptionError as error:
        return Part(SOURCES, "what can be read", (_unreadable(settings.adapters_dir, error, ""),))
    return Part(SOURCES, f"{counted(len(states), 'state')} read", findings)


def warehouse(settings: Settings, target: Target) -> Part:
    """Read all that a build has left, if its tables are in the home's files."""
    files = [file for file in (target.warehouse_file, marts_file_of(target.warehouse_file)) if file.exists()]
    stays = "what is published stays until then."
    anew = f"`make refresh FULL=1` builds it again; {stays}"
    tables = 0
    try:
        for file in files:
            tables += _read_through(settings, file)
        # While a refresh builds, the record is gone on purpose.
        if busy := writer_of(settings):
            raise BusyError(busy)
    except BusyError as busy:
        return Part(WAREHOUSE, str(busy), was_looked_at=False)
    except _UNREADABLE as error:
        return Part(WAREHOUSE, "what can be read", (_unreadable(file, error, anew),))
    findings = ()
    if not is_whole(target):
        said = f"{target.warehouse_file.parent} holds no whole build: the last one failed or was ended, or its files "
        findings = (note(f"{said}are gone or were written in since", f"The next refresh builds it again; {stays}"),)
    return Part(WAREHOUSE, f"{counted(tables, 'table')} of {counted(len(files), 'file')} read", findings)


def _read_through(settings: Settings, file: Path) -> int:
    """Read every row of every table of a database; return how many tables there are."""
    with between_refreshes(settings, file) as con:
        tables = con.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
    waiting = list(tables)
    while waiting:
        with between_refreshes(settings, file) as con:
            give_back_at = time.monotonic() + HELD_SECONDS
            while waiting and time.monotonic() < give_back_at:
                table = identifier(*waiting.pop())
                con.execute(f"select bit_xor(hash(read_through)) from {table} as read_through").fetchall()
    return len(tables)


def _files_of_views(settings: Settings) -> tuple[Finding, ...]:
    """Read the files of raw tables that are views, where the home has them now."""
    with between_refreshes(settings, settings.landed_file) as con:
        named = files_named(con)
        statements = " ".join(sql for (sql,) in con.execute("select sql from duckdb_views()").fetchall())
    if lost := gap(named, settings.raw_files_dir):
        return (Finding(lost, put_back(settings)),)
    files = [settings.raw_files_dir / table / name for table, names in named.items() for name in names]
    with duckdb.connect() as con:
        for file in files:
            try:
                con.execute(f"select bit_xor(hash(read_through)) from read_parquet({glob(file)}) as read_through")
            except duckdb.Error as error:
                return (Finding(f"{file} is damaged: {' '.join(str(error).split())}", put_back(settings)),)
    if any(glob(file) not in statements for file in files):
        said = f"{settings.landed_file} reads landed rows where the home was before it was moved"
        return (note(said, "The next refresh has it read them where they are; until then they aren't counted."),)
    return ()


def _counted_against_the_record(settings: Settings) -> tuple[Finding, ...]:
    """Count the loaded and the quarantined rows of every file: together they are all that were read."""
    with between_refreshes(settings, settings.landed_file) as con:
        there = {name for (name,) in con.execute("select view_name from duckdb_views()").fetchall()}
        there |= stored_tables(con)
        if "loaded_files" not in there:
            return ()
        killed = _of_killed_loads(con, there)
        its = "where not list_contains($killed, load_id) group by all"
        kept = [
            f"select {literal(table.name)} as table_name, source_file_number, count(*) as held, 0 as quarantined"
            f" from {RAW_SCHEMA}.{table.name} {its}"
            for table in read_contract().tables
            if table.name in there
        ]
        if "quarantined_rows" in there:
            kept.append(
                "select table_name, source_file_number, 0, count(distinct source_row)"
                f" from {RAW_SCHEMA}.quarantined_rows {its}"
            )
        wrong = con.execute(
            f"""
            with held as (
                select table_name, source_file_number, sum(held) as held, sum(quarantined) as quarantined
                from ({" union all ".join(kept)}) group by all
            ),
            files as (select * from {RAW_SCHEMA}.loaded_files where not list_contains($killed, load_id))
            select source_file, rows_loaded, rows_quarantined, coalesce(held, 0), coalesce(quarantined, 0)
            from files left join held on file_number = source_file_number and files.table_name = held.table_name
            where (rows_loaded, rows_quarantined) <> (coalesce(held, 0), coalesce(quarantined, 0))
            or rows_read <> rows_loaded + rows_quarantined
            order by file_number
            """,
            {"killed": killed},
        ).fetchall()
    findings = ()
    if killed:
        said = f"{settings.landed_file} has rows of {counted(len(killed), 'load')} that didn't end"
        findings += (note(said, "They count nowhere, and the next load takes them out."),)
    if wrong:
        name, loaded, quarantined, held, waiting = wrong[0]
        said = (
            f"{counted(len(wrong), 'file')} of {settings.landed_file} with other rows than were loaded, such as {name}:"
            f" {loaded} and {quarantined} in quarantine were loaded, {held} and {waiting} are there"
        )
        to_do = f"Rows were lost, added or doubled by hand: put the last backup back. {without_backup(settings)}"
        findings += (Finding(said, to_do),)
    return findings


def _of_killed_loads(con: duckdb.DuckDBPyConnection, there: set[str]) -> list[str]:
    """Return the loads that have rows in a table, and were never completed."""
    if "_dlt_loads" not in there:
        return []
    stored = stored_tables(con)
    written = [table.name for table in read_contract().tables if table.name in stored]
    written += [name for name in ("loaded_files", "quarantined_rows") if name in stored]
    loads = " union ".join(f"select distinct load_id from {RAW_SCHEMA}.{name}" for name in written) or "select null"
    rows = con.execute(
        f"select load_id from ({loads}) as loads(load_id) where load_id is not null"
        f" and load_id not in (select load_id from {DLT_LOADS} where status = 0) order by 1"
    ).fetchall()
    return [load for (load,) in rows]


def _unreadable(file: Path, error: Exception, to_do: str) -> Finding:
    """Say why a database can't be read."""
    said = " ".join(str(error).split())
    if isinstance(error, EncryptionError):
        return Finding(said, "Nothing is lost as long as there is its key: give it, and ask again.")
    if isinstance(error, FileInUseError):
        return note(f"{file} is open elsewhere, and wasn't read: {said}", "Close the other program, and ask again.")
    if isinstance(error, DamagedFileError) or is_damage(error):
        return Finding(f"{file} is damaged: {said}", to_do)
    return Finding(f"{file} can't be read: {getattr(error, 'strerror', None) or said}", to_do)

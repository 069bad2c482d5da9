"""Landed rows without what names a person: in the landing database, in the raw files, and in each load from then on.

Whoever is erased is noted in the landing database, by kind and id. Every load clears the rows of those persons before
it sends them, and looks once more when it has ended: a row that landed before may belong to one of them only now.

A database keeps what was deleted until something else takes its place, so nothing is updated: the rows are copied into
a new file, cleared on the way, and that takes the place of the old one. Here: that. Not here: which rows are whose
(persons), what else of a home holds them (rights).
"""

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import duckdb

from duebook.cleared import Kept, cleared, has_something, kept, naming, replaced
from duebook.contract import MASK, Contract, Table
from duebook.database_files import attach, open_database, put_in_place, remove_database
from duebook.landing.checking import CheckedFile, staged
from duebook.landing.current import latest_first
from duebook.landing.erased_quarantine import (
    ERASED,
    cleared_quarantine,
    quarantine_has_something,
    quarantined_with_keys,
    row_left,
)
from duebook.landing.opened import glob
from duebook.landing.registry import QUARANTINED_ROWS
from duebook.on_disk import sync
from duebook.persons import KINDS, Person, ask_for, ids_left, in_quarantine, is_theirs, is_theirs_in_quarantine
from duebook.raw_views import files_named
from duebook.refresh_log import utc_now
from duebook.settings import LANDED_ALIAS, RAW_SCHEMA, Settings
from duebook.sql_text import identifier, literal

QUARANTINE = QUARANTINED_ROWS.name
_REWRITTEN = "rewritten"
_MEMORY = "2GB"


@dataclass(frozen=True)
class Which:
    """Rows to clear: a condition for each table, and one for quarantine; both SQL over the table's columns."""

    tables: Mapping[str, str]
    quarantine: str


@contextmanager
def landed(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection that reads the landing database as `landed`; what is in its log is in the file first.

    Args:
        settings: whose home; the landing database is there, and its lock is held.

    Raises:
        FileInUseError, DamagedFileError, OSError: as `open_database` does.
    """
    open_database(settings.landed_file).close()
    spill = settings.landed_file.with_name("landing.spill")
    try:
        limits = {"threads": settings.threads, "memory_limit": _MEMORY, "temp_directory": str(spill)}
        with duckdb.connect(config=limits) as con:
            con.execute("set TimeZone = 'UTC'")
            attach(con, settings.landed_file, LANDED_ALIAS)
            yield con
    finally:
        shutil.rmtree(spill, ignore_errors=True)
        # Of a rewrite that failed, or was killed: on a full disk it would keep the next load from its room.
        remove_database(_draft_of(settings))


def tables_of(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of what there is of landed rows: tables, and views over files."""
    return [
        name
        for (name,) in con.execute(
            "select table_name from duckdb_tables() where (database_name, schema_name) = ($1, $2)"
            " union all select view_name from duckdb_views() where (database_name, schema_name) = ($1, $2)",
            [LANDED_ALIAS, RAW_SCHEMA],
        ).fetchall()
    ]


def relation(table: str) -> str:
    """Return the SQL name of a table of the landing database."""
    return identifier(LANDED_ALIAS, RAW_SCHEMA, table)


def erased_persons(con: duckdb.DuckDBPyConnection) -> list[Person]:
    """Return who was erased."""
    if ERASED not in tables_of(con):
        return []
    return [Person(*row) for row in con.execute(f"select kind, person_id from {relation(ERASED)}").fetchall()]


def note(settings: Settings, person: Person) -> None:
    """Note in the landing database that a person is erased: whatever becomes of the erasure, every load clears.

    Args:
        settings: whose home; nobody else has the database open.
        person: who, not noted yet.
    """
    noted = identifier(RAW_SCHEMA, ERASED)
    with open_database(settings.landed_file) as con:
        con.execute(f"create table if not exists {noted} (kind varchar, person_id varchar, erased_at timestamp)")
        con.execute(f"insert into {noted} values (?, ?, ?)", [person.kind, person.id, utc_now()])


def of_persons(
    con: duckdb.DuckDBPyConnection, persons: Sequence[Person], contract: Contract, *, only_now: bool = False
) -> Which:
    """Return the rows of persons, as far as the landing database has such tables.

    Args:
        con: with the landing database; the persons' keys are noted there (`persons.ask_for`).
        persons: who.
        contract: the tables.
        only_now: what names a record that was theirs once, and is now somebody else's, isn't theirs.
    """
    there = tables_of(con)
    known = [table for table in contract.tables if table.name in there]
    landed, bad = map(_by_table, _rows_of(known, contract, there))
    now = {table.name: _last_version(table) for table in known if len(table.key) == 1} if only_now else {}
    ask_for(con, persons, landed, contract, bad, now)
    theirs = {table.name: said for table in known if (said := is_theirs(table, contract))}
    return Which(theirs, is_theirs_in_quarantine(contract) if QUARANTINE in there else "false")


def _rows_of(
    tables: Sequence[Table], contract: Contract, there: Collection[str]
) -> tuple[list[tuple[Table, str]], list[tuple[Table, str]]]:
    """Return where landed rows are of each table, SQL: those that are good, and those in quarantine."""
    bad = [(one, in_quarantine(one, contract, relation(QUARANTINE))) for one in tables] if QUARANTINE in there else []
    return [(one, relation(one.name)) for one in tables], bad


def _last_version(table: Table) -> str:
    """Return SQL for the versions that count, of those that name a person."""
    names = [identifier(id_column) for _, id_column in KINDS.values() if id_column in _names(table)]
    somebody = " or ".join(["false", *(f"coalesce({one}, '') <> ''" for one in names)])
    latest = latest_first("loaded_at", "source_file_number", "source_row")
    rank = f"row_number() over (partition by {identifier(table.key[0])} order by {latest})"
    return f"(select * from {relation(table.name)} where {somebody} qualify {rank} = 1)"


def _names(table: Table) -> list[str]:
    return [column.name for column in table.landed_columns]


def count_rows(
    con: duckdb.DuckDBPyConnection, which: Which, settings: Settings, contract: Contract, *, left: bool = True
) -> dict[str, int]:
    """Count rows by table, of which some.

    Args:
        con: with the landing database.
        which: the rows.
        settings: whose reference data say which words stay.
        contract: the tables.
        left: only rows that clearing would change; else all of them.
    """
    stays, counts = kept(settings), {}
    for name, condition in which.tables.items():
        there = _columns(con, relation(name))
        columns = [one for one in naming(contract.table(name)) if one.name in there]
        also = f" and ({has_something(columns, name, stays)})" if left else ""
        query = f"select count(*) from {relation(name)} where {condition}{also}"
        counts[name] = con.execute(query).fetchone()[0]
    if which.quarantine != "false":
        also = f" and ({quarantine_has_something(contract)})" if left else ""
        counts[QUARANTINE] = con.execute(
            f"select count(distinct (table_name, source_file_number, source_row))"
            f" from {quarantined_with_keys(contract, relation(QUARANTINE))} where {which.quarantine}{also}"
        ).fetchone()[0]
    return {name: count for name, count in counts.items() if count}


def clear(
    con: duckdb.DuckDBPyConnection,
    which: Which,
    settings: Settings,
    contract: Contract,
) -> None:
    """Write the landing database anew without what rows hold of persons. It is swapped in.

    Args:
        con: with the landing database; afterwards without.
        which: the rows.
        settings: whose home.
        contract: the tables.
    """
    stays, part = kept(settings), _draft_of(settings)
    remove_database(part)
    attach(con, part, _REWRITTEN, read_only=False)
    con.execute(f"copy from database {LANDED_ALIAS} to {_REWRITTEN} (schema)")
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? order by all", [LANDED_ALIAS]
    ).fetchall()
    for schema, table in tables:
        old = identifier(LANDED_ALIAS, schema, table)
        rows = _cleared_rows(con, old, table, which, stays, contract) if schema == RAW_SCHEMA else f"from {old}"
        con.execute(f"insert into {identifier(_REWRITTEN, schema, table)} {rows}")
    files = _files_with(con, which, settings, contract)
    con.execute(f"checkpoint {_REWRITTEN}")
    con.execute(f"detach {_REWRITTEN}")
    for file, table in files:
        _rewrite_file(con, file, table, which, stays, contract)
    con.execute(f"detach {LANDED_ALIAS}")
    put_in_place(part, settings.landed_file)


# What goes from the rest of a home while landed rows are cleared, which is done within; gets the connection with the
# landing database, the rows, and how many of which table they are.
Elsewhere = Callable[[duckdb.DuckDBPyConnection, Which, Mapping[str, int]], AbstractContextManager[None]]


def nowhere_else(_con: duckdb.DuckDBPyConnection, _which: Which, _found: Mapping[str, int]) -> nullcontext[None]:
    """Clear landed rows alone."""
    return nullcontext()


def clear_landed_again(settings: Settings, contract: Contract, elsewhere: Elsewhere = nowhere_else) -> dict[str, int]:
    """Clear what rows hold of persons who were erased before; return how many rows that were, by table.

    Args:
        settings: whose home.
        contract: the tables.
        elsewhere: removes what was made of landed rows before these are cleared: builds that follow read new files
            only, and publications of past days aren't made again; both would keep what rows of earlier files held.
    """
    if not settings.landed_file.exists():
        return {}
    with landed(settings) as con:
        persons = erased_persons(con)
        if not persons:
            return {}
        which = of_persons(con, persons, contract)
        if found := count_rows(con, which, settings, contract):
            with elsewhere(con, which, found):
                clear(con, which, settings, contract)
    return found


def clear_checked(
    con: duckdb.DuckDBPyConnection,
    checked: Mapping[str, Sequence[CheckedFile]],
    settings: Settings,
    contract: Contract,
) -> None:
    """Clear rows of persons who were erased, before they are sent anywhere.

    Args:
        con: the staging database.
        checked: its files, by table.
        settings: whose home.
        contract: the tables.
    """
    if not checked or not settings.landed_file.exists():
        return
    attach(con, settings.landed_file, LANDED_ALIAS)
    try:
        if persons := erased_persons(con):
            there = set(tables_of(con))
            landed, bad = _rows_of([table for table in contract.tables if table.name in there], contract, there)
            for table in contract.tables:
                if checked.get(table.name):
                    landed.append((table, f"(select * from {staged(table)} where problems is null)"))
                    bad.append((table, f"(select * from {staged(table)} where problems is not null)"))
            ask_for(con, persons, _by_table(landed), contract, _by_table(bad))
            stays = kept(settings)
            for table in (contract.table(name) for name, files in checked.items() if files):
                _clear_checked_table(con, table, stays, contract)
    finally:
        con.execute(f"detach {LANDED_ALIAS}")


def _by_table(rows: Iterable[tuple[Table, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, relations in rows:
        found.setdefault(table.name, []).append(relations)
    return found


def _draft_of(settings: Settings) -> Path:
    return settings.landed_file.with_name("landing.rewritten")


def _clear_checked_table(con: duckdb.DuckDBPyConnection, table: Table, stays: Kept, contract: Contract) -> None:
    theirs = is_theirs(table, contract, is_bad="problems is not null")
    if theirs is None:
        return
    of_key = ", ".join(map(literal, table.key))
    sound = f"len([p for p in problems if p.reason is not null and p.column_name in ({of_key})]) = 0"
    masked = f"case when p.value is not null then {literal(MASK)} end"
    values = {one.name: cleared(one, table.name, stays) for one in naming(table)} | {
        "problems": f"[{{'column_name': p.column_name, 'value': {masked}, 'reason': p.reason}} for p in problems]",
        "row_key": f"case when {sound} then row_key end",
        "row_as_landed": f"case when problems is not null then {row_left(sound, ids_left(table, contract))} end",
    }
    rewrite_checked(con, table, values, theirs)


def rewrite_checked(con: duckdb.DuckDBPyConnection, table: Table, values: Mapping[str, str], condition: str) -> int:
    """Give columns of rows of a table's checked files other values, and return of how many rows.

    Args:
        con: the staging database.
        table: the table; `checked` in SQL.
        values: the new values by column, SQL.
        condition: of which rows, SQL.
    """
    rows = f"{staged(table)} as checked"
    count = con.execute(f"select count(*) from {rows} where {condition}").fetchone()[0]
    if count:
        # In the order of their files: a row is known by its place in it.
        con.execute(
            f"create or replace table cleared_rows as select {replaced(values, condition)} from {rows} order by rowid"
        )
        con.execute(f"drop table {staged(table)}")
        con.execute(f"alter table cleared_rows rename to {staged(table)}")
    return count


def _cleared_rows(
    con: duckdb.DuckDBPyConnection,
    rows: str,
    table: str,
    which: Which,
    stays: Kept,
    contract: Contract,
) -> str:
    """Return SQL for the rows of a raw table, cleared where they are to be."""
    if table == QUARANTINE and which.quarantine != "false":
        names, values = ", ".join(map(identifier, _columns(con, rows))), cleared_quarantine(contract)
        # Whose a row is takes thousands of words, which DuckDB would read and plan again for each column.
        marked = f"(select *, {which.quarantine} as is_theirs from {quarantined_with_keys(contract, rows)})"
        return f"select {names} from (select {replaced(values, 'is_theirs')} from {marked})"
    if table not in which.tables:
        return f"from {rows}"
    there = _columns(con, rows)
    values = {one.name: cleared(one, table, stays) for one in naming(contract.table(table)) if one.name in there}
    return f"select {replaced(values, which.tables[table])} from {rows}"


def _columns(con: duckdb.DuckDBPyConnection, rows: str) -> list[str]:
    return [name for (name,) in con.execute(f"select column_name from (describe from {rows})").fetchall()]


def _files_with(
    con: duckdb.DuckDBPyConnection, which: Which, settings: Settings, contract: Contract
) -> list[tuple[Path, str]]:
    """Return the raw files with rows to clear, each with its table: none where raw tables are tables."""
    stays, found = kept(settings), []
    for table, names in files_named(con).items():
        if table not in which.tables and table != QUARANTINE:
            continue
        for file in (settings.raw_files_dir / table / name for name in names):
            rows = f"read_parquet({glob(file)})"
            old, new = f"from {rows}", _cleared_rows(con, rows, table, which, stays, contract)
            if con.execute(f"select count(*) from ({old} except {new})").fetchone()[0]:
                found.append((file, table))
    return found


def _rewrite_file(
    con: duckdb.DuckDBPyConnection, file: Path, table: str, which: Which, stays: Kept, contract: Contract
) -> None:
    """Write a raw file anew, cleared, and swap it in."""
    part = file.with_suffix(".part")
    rows = _cleared_rows(con, f"read_parquet({glob(file)})", table, which, stays, contract)
    con.execute(f"copy ({rows}) to {literal(part)} (format parquet)")
    sync(part)
    part.replace(file)
    sync(file.parent)

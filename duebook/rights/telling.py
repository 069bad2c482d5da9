"""The texts by which a person can be told in a file: those of the person's rows that no other row has.

Read from landed rows and quarantine, tagged columns and those that the contract doesn't know; of rows that were cleared
before, from the landed files, as far as they are there as they were loaded. Not here: looking for them (searching.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from duebook.cleared import UNKNOWN, kept, naming
from duebook.contract import Contract, Table
from duebook.landing.erased import QUARANTINE, Which, relation
from duebook.landing.landed_texts import texts_that_name
from duebook.landing.registry import LoadedFile
from duebook.persons import id_columns
from duebook.rights.searching import FEWEST_BYTES
from duebook.settings import Settings
from duebook.sql_text import identifier, literal

# A text of fewer letters may be anywhere, and so may a number of fewer digits than a phone's.
TELLING = FEWEST_BYTES
_DIGITS = 9
_TEXTS = "temp.texts_of_person"


@dataclass(frozen=True)
class Telling:
    """Texts to look for.

    Attributes:
        texts: the texts.
        unread: landed files with rows of the person that were cleared before, which can't be read as they were loaded.
    """

    texts: tuple[str, ...]
    unread: tuple[str, ...]


def telling(
    con: duckdb.DuckDBPyConnection,
    which: Which,
    settings: Settings,
    contract: Contract,
    cleared_before: Iterable[LoadedFile],
) -> Telling:
    """Return the texts by which the person can be told.

    Args:
        con: with the landing database, and who is asked for.
        which: the rows of the person.
        settings: whose home, and where the landing is.
        contract: the tables.
        cleared_before: the files whose rows were cleared before, by their present names.
    """
    con.execute(f"create or replace temp table {_bare()} (table_name varchar, column_name varchar, said varchar)")
    _add(con, _of_rows(which, contract, "{condition}"))
    _add(con, _of_quarantine(which, contract, "{condition}"))
    unread = _add_from_files(con, which, settings, contract, cleared_before)
    con.execute(f"delete from {_TEXTS} where {_UNTELLING}")
    stays = kept(settings)
    for table, columns in stays.columns.items():
        declared = ", ".join(map(literal, columns))
        con.execute(f"delete from {_TEXTS} where table_name = {literal(table)} and column_name in ({declared})")
    others = [*_of_rows(which, contract, "not {condition}"), *_of_quarantine(which, contract, "not {condition}")]
    for query in others:
        same = f"select table_name, column_name, said from ({query}) where said in (select said from {_TEXTS})"
        con.execute(f"delete from {_TEXTS} where (table_name, column_name, said) in ({same})")
    found = {said for (said,) in con.execute(f"select said from {_TEXTS}").fetchall()}
    return Telling(tuple(sorted(found - stays.words)), unread)


# Days stand anywhere, and so do short numbers.
_UNTELLING = (
    f"length(said) < {TELLING} or try_cast(said as timestamp) is not null"
    f" or (length(said) < {_DIGITS} and try_cast(said as double) is not null)"
)


def _bare() -> str:
    return _TEXTS.removeprefix("temp.")


def _add(con: duckdb.DuckDBPyConnection, queries: Iterable[str]) -> None:
    for query in queries:
        con.execute(f"insert into {_TEXTS} select distinct * from ({query}) where said is not null")


def _of_rows(which: Which, contract: Contract, of: str) -> list[str]:
    """Return SQL for the texts of landed rows, by table and column."""
    queries = []
    for name, condition in which.tables.items():
        rows = f"{relation(name)} where {of.format(condition=f'({condition})')}"
        for column in naming(contract.table(name)):
            cell = identifier(column.name)
            if column.is_hidden:
                queries.append(
                    f"select {literal(name)} as table_name, {literal(column.name)} as column_name, {cell} as said"
                    f" from {rows}"
                )
            elif column.name == UNKNOWN:
                queries.append(
                    f"select {literal(name)} as table_name, cell.key as column_name, cell.value ->> '$' as said"
                    f" from (select {cell} as cells from {rows}) as own, json_each(own.cells) as cell"
                )
    return queries


def _of_quarantine(which: Which, contract: Contract, of: str) -> list[str]:
    """Return SQL for the texts of rows in quarantine: tagged and unknown cells, and those at fault that aren't ids."""
    if which.quarantine == "false":
        return []
    rows = f"{relation(QUARANTINE)} where {of.format(condition=f'({which.quarantine})')}"
    plain = [(table.name, one.name) for table in contract.tables for one in table.landed_columns if not one.is_hidden]
    known = ", ".join(f"({literal(table)}, {literal(column)})" for table, column in plain)
    ids = ", ".join(map(literal, sorted(id_columns(contract))))
    return [
        "select own.table_name, cell.key as column_name, cell.value ->> '$' as said"
        f" from (select table_name, row_as_landed from {rows}) as own, json_each(own.row_as_landed) as cell"
        f" where (own.table_name, cell.key) not in ({known})",
        f"select table_name, column_name, value as said from {rows} and column_name not in ({ids})",
    ]


def _add_from_files(
    con: duckdb.DuckDBPyConnection,
    which: Which,
    settings: Settings,
    contract: Contract,
    files: Iterable[LoadedFile],
) -> tuple[str, ...]:
    unread = []
    for file in files:
        table = contract.table(file.table)
        rows = [row for (row,) in con.execute(" union ".join(_places(which, table, file.number))).fetchall()]
        if not rows:
            continue
        texts = texts_that_name(settings, table, file, rows)
        if texts is None:
            unread.append(file.name)
        elif texts:
            con.executemany(f"insert into {_TEXTS} values (?, ?, ?)", [(table.name, *text) for text in sorted(texts)])
    return tuple(unread)


def _places(which: Which, table: Table, number: int) -> list[str]:
    """Return SQL for the rows of the person in a file."""
    ways = ["select null::bigint as source_row where false"]
    if table.name in which.tables:
        condition = which.tables[table.name]
        ways.append(
            f"select source_row from {relation(table.name)} where source_file_number = {number} and {condition}"
        )
    if which.quarantine != "false":
        same = f"table_name = {literal(table.name)} and source_file_number = {number}"
        ways.append(f"select source_row from {relation(QUARANTINE)} where {same} and {which.quarantine}")
    return ways

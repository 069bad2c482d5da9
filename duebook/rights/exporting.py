"""All that is held of one person, as one document: what the person may ask to see.

Here: reading landed rows, quarantine and publications. Not here: which rows are whose (duebook/persons.py), the command
(cli/subject.py).
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from duebook.audit import Event, record
from duebook.contract import read_contract
from duebook.database_files import attach
from duebook.home import only_writer
from duebook.landing.erased import QUARANTINE, Which, count_rows, erased_persons, landed, of_persons, relation
from duebook.persons import KINDS, Person, is_record_of_theirs
from duebook.publication.erased import publications
from duebook.publication.large_marts import large_marts
from duebook.publication.record import read_publication
from duebook.refresh_log import utc_now
from duebook.rights.erasing import UnknownPersonError, quarantined_places
from duebook.settings import MARTS_SCHEMA, PERSONAL_FILE, PERSONAL_SCHEMA, Settings
from duebook.sql_text import identifier, literal, trimmed

_RIGHTS = 0o600
_PUBLISHED = "of_readers"
_PLACE = "(table_name, load_id, source_file, source_row)"
Rows = list[dict[str, Any]]


def export(settings: Settings, person: Person, file: Path) -> dict[str, int]:
    """Write all that a home holds of a person into a new file that only its owner can read.

    Args:
        settings: whose home.
        person: who.
        file: where.

    Returns:
        How many rows were written, by place.

    Raises:
        UnknownPersonError: nothing landed is of this person.
        FileExistsError: the file is there already.
        HomeIsBusyError: a refresh runs.
    """
    with only_writer(settings), landed(settings) as con:
        document = _document(con, settings, person)
        counts = {
            f"{place}: {table}": len(rows)
            for place, tables in document.items()
            if isinstance(tables, Mapping) and place != "person"
            for table, rows in tables.items()
        }
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _RIGHTS)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as opened:
                json.dump(document, opened, indent=1, ensure_ascii=False, default=str)
                opened.write("\n")
            # What can't be logged isn't exported.
            record(settings, Event.EXPORTED, "subject", str(person), counts)
        except BaseException:
            file.unlink()
            raise
    return counts


def _document(con: duckdb.DuckDBPyConnection, settings: Settings, person: Person) -> dict[str, Any]:
    contract = read_contract()
    which = of_persons(con, [person], contract, only_now=True)
    known = count_rows(con, which, settings, contract, left=False)
    if not known and person not in erased_persons(con):
        raise UnknownPersonError(f"No landed row is of {person}.")
    rows = {
        name: f"select * from {relation(name)} where {said}" for name, said in which.tables.items() if name in known
    }
    if QUARANTINE in known:
        rows[QUARANTINE] = f"select * from {relation(QUARANTINE)} where {which.quarantine}"
    document: dict[str, Any] = {
        "person": {"kind": person.kind, "id": person.id},
        "made_at": f"{utc_now():%Y-%m-%dT%H:%M:%SZ}",
        "landed": {
            name: _rows(con, f"{query} order by source_file_number, source_row") for name, query in rows.items()
        },
    }
    for folder in publications(settings):
        place = folder.relative_to(settings.home).as_posix()
        document[f"{place}: {MARTS_SCHEMA}"] = _of_marts(
            con, folder / read_publication(folder).database, MARTS_SCHEMA, person, which
        )
        if (folder / PERSONAL_FILE).exists():
            personal = _of_marts(con, folder / PERSONAL_FILE, PERSONAL_SCHEMA, person, which)
            document[f"{place}: {PERSONAL_SCHEMA}"] = personal
    return document


def _of_marts(con: duckdb.DuckDBPyConnection, file: Path, schema: str, person: Person, which: Which) -> dict[str, Rows]:
    """Read the rows of each table of a published file that are about the person, by the id or by a record."""
    _, id_column = KINDS[person.kind]
    conditions = {
        (PERSONAL_SCHEMA, "written_texts"): is_record_of_theirs("table_name", "record_id", "written_text"),
        (PERSONAL_SCHEMA, "quarantined_cells"): f"{_PLACE} in ({quarantined_places(which)})",
        # Also rows that wait, which are landed rows.
        (MARTS_SCHEMA, "quarantined_rows"): f"{_PLACE} in ({_places(which)})",
    }
    found = {}
    attach(con, file, _PUBLISHED)
    try:
        tables = con.execute(
            "select table_name, list(column_name) from duckdb_columns() where (database_name, schema_name) = ($1, $2)"
            " and table_name in (select table_name from duckdb_tables() where database_name = $1 union all"
            " select unnest($3::varchar[])) group by table_name order by table_name",
            [_PUBLISHED, schema, list(large_marts(con, _PUBLISHED, schema))],
        ).fetchall()
        for table, columns in tables:
            condition = conditions.get((schema, table))
            # Of a group of customers it is the one at its head.
            names = [name for name in (id_column, f"group_{id_column}") if name in columns]
            if condition is None and names:
                condition = f"{trimmed(identifier(names[0]))} in (select person_id from temp.asked_persons)"
            if condition and (
                rows := _rows(con, f"select * from {identifier(_PUBLISHED, schema, table)} where {condition}")
            ):
                found[table] = rows
    finally:
        con.execute(f"detach {_PUBLISHED}")
    return found


def _places(which: Which) -> str:
    """Return SQL for the places of all rows of the person, landed or in quarantine."""
    landed_rows = (
        f"select {literal(name)}, load_id, source_file, source_row from {relation(name)} where {said}"
        for name, said in which.tables.items()
    )
    return " union all ".join([quarantined_places(which), *landed_rows])


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> Rows:
    read = con.execute(query)
    names = [column[0] for column in read.description]
    return [dict(zip(names, row, strict=True)) for row in read.fetchall()]

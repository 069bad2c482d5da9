"""Companies and customers that several sources of a home describe: which source's rows are landed.

Here: leaving out of a source what another one describes. A source system and a list of customers describe what lists of
documents only name, so theirs count; of equals, what landed first. Not here: the order of sources (configured.py), rows
of other tables, which have one source each.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from duebook.adapters.engine.held import files_of
from duebook.adapters.engine.lines import MOST_SHOWN
from duebook.adapters.engine.made import Made
from duebook.adapters.engine.moments import key_of
from duebook.adapters.engine.state import STATE, hash_of, kept_rows, state_file
from duebook.contract import Contract, Table
from duebook.database_files import attach
from duebook.settings import Settings
from duebook.sql_text import identifier, literal
from duebook.words import counted

DESCRIBED = ("companies", "customers")
# What the state keeps of the list it is of: a table with its grain. Source systems have none.
OF_GRAIN = "of_grain"
# The grain of lists of customers.
OF_CUSTOMERS = "customer"
# Rows that a source leaves to others: table_name, key, hash, source, and whether that is its equal.
LEFT = "left_to_others"


def describes(grain: str | None) -> bool:
    """Whether a source describes its customers; lists of documents only name them."""
    return grain in (None, OF_CUSTOMERS)


def leave_to_others(made: Made, grain: str | None, settings: Settings, contract: Contract) -> Made:
    """Take out of a source's rows what another source of the home describes, in the same landing.

    Args:
        made: what was made of the source.
        grain: of a list, its grain; None of a source system.
        settings: of the home, and of the landing.
        contract: its tables.

    Returns:
        The same with fewer rows of companies and customers, and a warning where an equal describes some otherwise.
    """
    con = made.extracted.con
    con.execute(
        f"create or replace temp table {LEFT} "
        "(table_name varchar, key varchar, hash varchar, source varchar, is_equal boolean)"
    )
    for state in sorted(settings.adapters_dir.glob("*.duckdb")):
        if files_of(settings.landing, state.stem):
            _note_keys(con, made, grain, state, state_file(settings, made.name))
    rows, lines = dict(made.extracted.rows), []
    for name in DESCRIBED:
        if name not in made.extracted.tables:
            continue
        relation, table = made.extracted.tables[name], contract.table(name)
        lines += _differing(con, relation, table, rows[name])
        con.execute(
            f"delete from {relation} as made where {key_of(table, 'made')} in "
            f"(select key from {LEFT} where table_name = {literal(name)})"
        )
        [(rows[name],)] = con.execute(f"select count(*) from {relation}").fetchall()
    return replace(made, extracted=replace(made.extracted, rows=rows), warnings=[*made.warnings, *lines])


def _note_keys(con: duckdb.DuckDBPyConnection, made: Made, grain: str | None, state: Path, own: Path) -> None:
    """Add what another source has landed, and this one leaves to it."""
    of_grain = kept_rows(state, OF_GRAIN)
    theirs = describes(of_grain[0][0] if of_grain else None)
    if state == own or describes(grain) > theirs:
        return
    is_equal = describes(grain) == theirs
    attach(con, state, STATE)
    tables = ", ".join(map(literal, DESCRIBED))
    con.execute(
        f"insert into {LEFT} select table_name, key, hash, {literal(state.stem)}, {is_equal} "
        f"from {STATE}.landed_rows where table_name in ({tables})"
    )
    con.execute(f"detach {STATE}")
    if is_equal and own.exists():
        attach(con, own, STATE)
        con.execute(
            f"delete from {LEFT} where is_equal and source = {literal(state.stem)} and (table_name, key) in "
            f"(select (table_name, key) from {STATE}.landed_rows)"
        )
        con.execute(f"detach {STATE}")


def _differing(con: duckdb.DuckDBPyConnection, relation: str, table: Table, rows: int) -> Iterator[str]:
    """Say which rows an equal has landed with another content: a line a source."""
    found = con.execute(
        f"select source, count(*), array_agg(made.{identifier(table.key[0])} order by 1)[:{MOST_SHOWN}] "
        f"from {relation} as made inner join {LEFT} as other "
        f"on other.table_name = {literal(table.name)} and other.key = {key_of(table, 'made')} "
        f"where is_equal and other.hash <> {hash_of(con, relation, 'made')} group by source order by source"
    ).fetchall()
    for source, number, first in found:
        more = ", ..." if number > len(first) else ""
        yield (
            f"Look at: {number:,} of {counted(rows, 'row')} of {table.name} ({', '.join(first)}{more}) say something "
            f"else in {source}, which landed them first: its rows count."
        )

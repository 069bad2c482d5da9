"""What a landing holds: the rows that count of documents and of what moved them, and which documents a source landed.

Here: reading it from the landing's files, whether or not they were loaded yet. Not here: what is open of it (tie.py).
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from duebook.contract import Contract
from duebook.landing.current import read_standing
from duebook.settings import Settings
from duebook.sql_text import identifier, literal

DOCUMENTS = {"invoices": "invoice", "receipts": "receipt", "credit_memos": "credit_memo"}
MOVEMENTS = ("applications", "adjustments", "refunds", "reversals")


@dataclass(frozen=True)
class Held:
    """What a landing holds.

    Attributes:
        con: where the relations are.
        tables: by the contract's table, the rows that count and aren't deleted; all of its columns.
        keys: by the contract's table, the column that names a row.
        own: by the contract's table, what the source itself has landed: those names, in a column `key`.
    """

    con: duckdb.DuckDBPyConnection
    tables: dict[str, str]
    keys: dict[str, str]
    own: dict[str, str]


def read_held(
    con: duckdb.DuckDBPyConnection,
    name: str,
    settings: Settings,
    contract: Contract,
    unfinished: str | None = None,
) -> Held | None:
    """Read what a landing holds of documents and movements.

    Args:
        con: gets the relations.
        name: what the source's files are called.
        settings: whose landing, and whose reference data say which currencies there are.
        contract: the tables.
        unfinished: the name of files that are passed over: a landing was killed before it was remembered, and the next
            one writes over them.

    Returns:
        None where the landing has no file of this source.
    """
    files = [file for file in files_of(settings.landing, name) if file.stem != unfinished]
    if not files:
        return None
    wanted = (*DOCUMENTS, *MOVEMENTS)
    tables = {table: identifier(f"held.{table}") for table in wanted}
    own = {table: identifier(f"own.{table}") for table in wanted}
    keys = {table: contract.table(table).key[0] for table in wanted}
    read_standing(con, tables, settings, contract, _no_log, unfinished)
    for table in wanted:
        landed = [
            f"select {keys[table]} from read_parquet({literal(file)})" for file in files if file.parent.name == table
        ]
        listed = " union ".join(landed) or "select cast(null as varchar) where false"
        con.execute(f"create or replace temp table {own[table]} as select distinct * from ({listed}) as keys(key)")
    return Held(con, tables, keys, own)


def leave_out_other_companies(held: Held, companies: str) -> None:
    """Take documents of other companies out of what a source landed: it may be one of several files.

    Args:
        held: what the landing holds.
        companies: a relation with the company_id of those that the source is of.
    """
    for table in DOCUMENTS:
        held.con.execute(
            f"delete from {held.own[table]} where key in (select {held.keys[table]} from {held.tables[table]} "
            f"where company_id not in (select company_id from {companies} where company_id is not null))"
        )


def files_of(landing: Path, name: str) -> list[Path]:
    """The files in a landing that a source has landed, by what they are called; sorted."""
    found = landing.glob(f"*/*/{name}-*.parquet")
    return sorted(file for file in found if file.stem.removeprefix(f"{name}-").isdigit())


def _no_log(_line: str) -> None:
    """Files that can't be read are the refresh's business."""

"""Rows in quarantine without what names a person: any cell may be the wrong one, so nothing stays but what is known.

What stays is the key, the ids that are known to be the person's, and what is wrong with which cell. Here: that, as SQL.
Not here: whose a row is (persons.py), writing it (erased.py).
"""

import duckdb

from duebook.contract import MASK, Contract
from duebook.persons import id_columns, ids_left_in_quarantine
from duebook.settings import RAW_SCHEMA
from duebook.sql_text import identifier, literal

# Who was erased.
ERASED = "erased_persons"


def quarantined_with_keys(contract: Contract, rows: str) -> str:
    """Return SQL for quarantined rows with whether a cell of the key is at fault, which may then hold anything.

    Args:
        contract: the tables.
        rows: where they are, SQL.
    """
    keys = ", ".join(literal(f"{table.name}.{column}") for table in contract.tables for column in table.key)
    faulty = f"list_contains([{keys}], table_name || '.' || column_name)"
    return (
        f"(select *, bool_or({faulty}) over (partition by table_name, source_file_number, source_row) as key_at_fault"
        f" from {rows})"
    )


def cleared_quarantine(contract: Contract) -> dict[str, str]:
    """Return SQL for what stands in the columns of such rows once they are cleared."""
    return {
        "value": f"case when value is not null then {literal(MASK)} end",
        "row_key": "case when not key_at_fault then row_key end",
        "row_as_landed": row_left("not key_at_fault", ids_left_in_quarantine(contract)),
    }


def row_left(is_sound: str, ids: str | None) -> str:
    """Return SQL for what is left of a row as landed.

    Args:
        is_sound: whether nothing is wrong with its key, SQL.
        ids: an object of the ids that stay, SQL; None: none.
    """
    key = f"case when {is_sound} then coalesce(row_key, '{{}}') else '{{}}' end"
    return f"cast(json_merge_patch({key}, {ids}) as varchar)" if ids else key


def quarantine_has_something(contract: Contract) -> str:
    """Return SQL that says whether clearing would change such a row."""
    ways = (f"{column} is distinct from {value}" for column, value in cleared_quarantine(contract).items())
    return " or ".join(ways)


def was_cleared(con: duckdb.DuckDBPyConnection, contract: Contract) -> str:
    """Return SQL that says of a quarantined row, grouped of its cells at fault, whether it was cleared of a person.

    Whose it was may not be known any more. So nothing is said of rows of a home of which nobody was erased: some land
    with ids only.

    Args:
        con: the landing database itself.
        contract: the tables.
    """
    noted = [literal(RAW_SCHEMA), literal(ERASED)]
    there = f"select 1 from duckdb_tables() where (schema_name, table_name) = ({', '.join(noted)})"
    somebody = f"select 1 from {identifier(RAW_SCHEMA, ERASED)} limit 1"
    if not con.execute(there).fetchone() or not con.execute(somebody).fetchone():
        return "false"
    ids = ", ".join(map(literal, sorted(id_columns(contract))))
    others = f"[name for name in json_keys(row_as_landed) if not list_contains([{ids}], name)]"
    # What is said of the cells is masked as well.
    return f"bool_and(coalesce(value, {literal(MASK)}) = {literal(MASK)} and len({others}) = 0)"

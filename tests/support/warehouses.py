"""A warehouse and the marts beside it, opened as one.

Not here: building them (compiled_models.py, refreshes), what is published of them.
"""

from pathlib import Path

import duckdb

from duebook.settings import MARTS_DATABASE, MARTS_SCHEMA, marts_file_of
from duebook.sql_text import identifier, literal


def open_warehouse(warehouse_file: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open both files by the names dbt knows them by."""
    connection = duckdb.connect()
    for file, name in ((warehouse_file, warehouse_file.stem), (marts_file_of(warehouse_file), MARTS_DATABASE)):
        options = "(read_only)" if read_only else ""
        connection.execute(f"attach {literal(file)} as {identifier(name)} {options}")
    if not read_only:
        connection.execute(f"create schema if not exists {MARTS_DATABASE}.{MARTS_SCHEMA}")
    look_in_both(connection, warehouse_file.stem)
    return connection


def look_in_both(connection: duckdb.DuckDBPyConnection, warehouse: str) -> None:
    """Have the schema `marts` be that of the marts' database, and all others those of the warehouse."""
    connection.execute(f"set search_path = '{warehouse}.main,{MARTS_DATABASE}.{MARTS_SCHEMA}'")

"""The columns of a relation. Not here: what is in them (views.py, extracting.py)."""

import duckdb


def columns_of(con: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    """Name the columns of a table, or of what else SQL may select from, in their order."""
    return [name for (name,) in con.execute(f"select column_name from (describe {relation})").fetchall()]

"""Dimensions declared in a warehouse that was built from the checkout's seeds, which declare none.

Here: the rows of the seed, and building again what is made of it. Not here: landings (documents, generators).
"""

from collections.abc import Sequence

import duckdb

from tests.support.compiled_models import CompiledModels

# Tables made of declarations, in order; views of them follow by themselves.
TABLES = ("int_customer_dimensions", "int_document_dimensions", "dim_declared_dimensions", "document_dimensions")


def declare(models: CompiledModels, connection: duckdb.DuckDBPyConnection, rows: Sequence[Sequence[str]]) -> None:
    """Declare dimensions: rows of dimension, landed table and column; `document_dimensions` has to be built."""
    for dimension, table, column in rows:
        connection.execute(
            "insert into reference.dimensions values (?, ?, ?, ?, 'as_landed')", [dimension, dimension, table, column]
        )
    nodes = {node["name"]: node for node in models.manifest["nodes"].values() if node["resource_type"] == "model"}
    for name in TABLES:
        connection.execute(f"create or replace table {nodes[name]['relation_name']} as {nodes[name]['compiled_code']}")

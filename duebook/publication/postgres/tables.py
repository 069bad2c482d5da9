"""The tables of a publication in Postgres: their description from DuckDB, and the statements that create them.

Here: types, keys, comments, and copying rows. Not here: in which order tables are created and when readers see them
(publish.py, swap.py), who may read them (roles.py).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import psycopg
import pyarrow as pa
from pgpq import ArrowToPostgresBinaryEncoder
from psycopg import sql

from duebook.publication.large_marts import large_marts
from duebook.sql_text import identifier

# The DuckDB types a mart may have; decimals are handled separately, and keep their precision and scale.
TYPES = {
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "INTEGER": "integer",
    "SMALLINT": "smallint",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "VARCHAR": "text",
}
DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
ROWS_A_BATCH = 100_000
# An index over more rows than this takes longer than copying them; the key is tested before publication anyway.
MOST_ROWS_WITH_KEY = 1_000_000


class UnknownTypeError(TypeError):
    """A mart has a column of a type that has no counterpart here."""


@dataclass(frozen=True)
class Column:
    """A column: its name, its Postgres type, its description (None: it has none)."""

    name: str
    type: str
    comment: str | None


@dataclass(frozen=True)
class Table:
    """A table to publish.

    Attributes:
        database: the name under which DuckDB has attached its file.
        schema: its schema, in DuckDB and in Postgres.
        name: its name.
        columns: its columns in order.
        comment: its description (None: it has none).
        key: columns that identify a row and are never null; empty: the key is not known.
        rows: how many rows it has.
    """

    database: str
    schema: str
    name: str
    columns: tuple[Column, ...]
    comment: str | None
    key: tuple[str, ...]
    rows: int

    @property
    def staging(self) -> sql.Identifier:
        """Its name in the staging schema, where it is loaded."""
        return sql.Identifier(staging_of(self.schema), self.name)


def staging_of(schema: str) -> str:
    """Return the staging schema, in which a schema's tables are loaded."""
    return f"duebook_staging_{schema}"


def postgres_type(duckdb_type: str) -> str:
    """Return the Postgres type that holds exactly the values of a DuckDB type.

    Raises:
        UnknownTypeError: there is none in the list.
    """
    if match := DECIMAL.fullmatch(duckdb_type):
        return f"numeric({match[1]},{match[2]})"
    if duckdb_type not in TYPES:
        raise UnknownTypeError(f"no type in Postgres is known for DuckDB's {duckdb_type}")
    return TYPES[duckdb_type]


def read_tables(
    connection: duckdb.DuckDBPyConnection, database: str, schema: str, keys: Mapping[str, Sequence[str]]
) -> list[Table]:
    """Describe the tables of a schema and its views over Parquet, with their comments, from DuckDB's own catalog.

    Args:
        connection: has the file attached.
        database: under this name.
        schema: the schema.
        keys: key columns by table; a table that isn't there has none.

    Raises:
        UnknownTypeError: names the column.
    """
    tables = connection.execute(
        "select table_name, comment from duckdb_tables() where database_name = $1 and schema_name = $2"
        " union all select view_name, comment from duckdb_views()"
        " where database_name = $1 and schema_name = $2 and list_contains($3, view_name) order by all",
        [database, schema, list(large_marts(connection, database, schema))],
    ).fetchall()
    return [
        Table(
            database=database,
            schema=schema,
            name=name,
            columns=tuple(_columns(connection, database, schema, name)),
            comment=comment,
            key=tuple(keys.get(name, ())),
            rows=connection.execute(f"select count(*) from {identifier(database, schema, name)}").fetchone()[0],
        )
        for name, comment in tables
    ]


def _columns(connection: duckdb.DuckDBPyConnection, database: str, schema: str, table: str) -> Iterator[Column]:
    found = connection.execute(
        "select column_name, data_type, comment from duckdb_columns()"
        " where database_name = $1 and schema_name = $2 and table_name = $3 order by column_index",
        [database, schema, table],
    ).fetchall()
    for name, duckdb_type, comment in found:
        try:
            yield Column(name, postgres_type(duckdb_type), comment)
        except UnknownTypeError as error:
            raise UnknownTypeError(f"{schema}.{table}.{name}: {error}") from None


def load_table(source: duckdb.DuckDBPyConnection, postgres: psycopg.Connection, table: Table) -> None:
    """Create a table in its staging schema, in one transaction: rows, key, comments, statistics.

    Rows are written frozen, which is possible because the table is created in the same transaction: everybody who sees
    the table sees its rows, also in a transaction with an older snapshot.

    Args:
        source: has the table's file attached.
        postgres: the connection; its staging schemas are there.
        table: the table.

    Raises:
        psycopg.Error: Postgres refused a statement.
    """
    with postgres.transaction():
        # Frozen rows that never change need no vacuum, and a running vacuum would delay the swap.
        postgres.execute(definition(table, table.staging) + sql.SQL(" with (autovacuum_enabled = false)"))
        copy_rows(source, postgres, table, table.staging, how="format binary, freeze")
        if table.key and table.rows <= MOST_ROWS_WITH_KEY:
            key = sql.SQL(", ").join(map(sql.Identifier, table.key))
            postgres.execute(sql.SQL("alter table {} add primary key ({})").format(table.staging, key))
        postgres.execute(sql.SQL("; ").join(_comments(table)))
        postgres.execute(sql.SQL("analyze {}").format(table.staging))


def copy_rows(
    source: duckdb.DuckDBPyConnection,
    postgres: psycopg.Connection,
    table: Table,
    place: sql.Composable,
    which: str = "true",
    how: str = "format binary",
) -> int:
    """Copy a table's rows.

    Args:
        source: has the table's file attached.
        postgres: the connection.
        table: where the rows are in DuckDB.
        place: the table in Postgres, with the same columns in the same order.
        which: DuckDB's condition on the rows.
        how: options of Postgres' COPY; the format is binary.

    Returns:
        How many they are.
    """
    statement = sql.SQL("copy {} from stdin (" + how + ")").format(place)
    query = f"from {identifier(table.database, table.schema, table.name)} where {which}"
    rows = source.execute(query).to_arrow_reader(ROWS_A_BATCH)
    with postgres.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for part in encoded(rows):
                copy.write(part)
        # `COPY 3`
        return int(cursor.statusmessage.split()[-1])


def encoded(rows: pa.RecordBatchReader) -> Iterator[bytes]:
    """Yield rows as COPY reads them in its binary format, which costs Postgres less to read than text."""
    encoder = ArrowToPostgresBinaryEncoder(rows.schema)
    yield encoder.write_header()
    for batch in rows:
        yield encoder.write_batch(batch)
    yield encoder.finish()


def definition(table: Table, place: sql.Composable) -> sql.Composed:
    """Return the statement that creates a table, without rows, under a name."""
    columns = [sql.SQL("{} " + column.type).format(sql.Identifier(column.name)) for column in table.columns]
    return sql.SQL("create table {} ({})").format(place, sql.SQL(", ").join(columns))


def _comments(table: Table) -> Iterator[sql.Composed]:
    yield sql.SQL("comment on table {} is {}").format(table.staging, sql.Literal(table.comment))
    for column in table.columns:
        name = sql.Identifier(staging_of(table.schema), table.name, column.name)
        yield sql.SQL("comment on column {} is {}").format(name, sql.Literal(column.comment))

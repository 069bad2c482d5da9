"""Which rows of the marts published before are others now, and replacing just those.

Here: bringing a copy of the publication before to what the warehouse holds. Not here: making that copy, writing marts
anew (copying.py).

Rows are compared by two hashes of 64 bits: of the key and of the whole row. A changed row passes for the one published
under its key once in 2^64 changes. A row could be taken for one with another key only if both hashes met, and even then
the numbers of rows wouldn't agree, and the mart would be written anew. Values are equal where SQL says so: 0.0 is -0.0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import duckdb

from orchestration.settings import MARTS_SCHEMA
from orchestration.sql_text import identifier

# The name by which the file that is being filled is attached.
PUBLICATION = "publication"
# More rows of a mart than this share may neither be new nor gone: else it is written anew, in the order of its key.
MOST_CHANGED = 0.1
# Comparing takes some forty bytes a row of memory, and doesn't spill all of it: a larger mart is compared in parts.
ROWS_AT_ONCE = 50_000_000

# Name and type of every column, in their order.
Columns = list[tuple[str, str]]


def columns_of(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, Columns]:
    """Return the marts of an attached database, tables and views by name, with their columns."""
    rows = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where database_name = ? and schema_name = ? order by table_name, column_index",
        [database, MARTS_SCHEMA],
    ).fetchall()
    by_mart = groupby(rows, key=lambda row: row[0])
    return {mart: [(name, data_type) for _, name, data_type in columns] for mart, columns in by_mart}


def take_over(
    connection: duckdb.DuckDBPyConnection, warehouse: str, keys: Mapping[str, Sequence[str]]
) -> frozenset[str]:
    """Bring the published marts to what the warehouse holds, and drop those that are to be written anew.

    Dropped are marts the warehouse has no more, marts with other columns than there, marts without a known key, and
    those of which too much differs.

    Args:
        connection: a connection to which the publication and the warehouse are attached.
        warehouse: the name by which the warehouse is.
        keys: columns that no two rows of a mart share, by mart; the warehouse has been tested for that.

    Returns:
        The marts of which no row differs.
    """
    marts = columns_of(connection, warehouse)
    unchanged = set()
    for mart, columns in columns_of(connection, PUBLICATION).items():
        differing = None
        if mart in keys and columns == marts.get(mart):
            pair = _Pair(connection, warehouse, mart, [name for name, _ in columns], keys[mart])
            differing = pair.bring_up_to_date()
        if differing is None:
            connection.execute(f"drop table {identifier(PUBLICATION, MARTS_SCHEMA, mart)}")
        elif not differing:
            unchanged.add(mart)
    return frozenset(unchanged)


@dataclass(frozen=True)
class _Pair:
    """A mart as it was published before, and as the warehouse holds it now."""

    connection: duckdb.DuckDBPyConnection
    warehouse: str
    mart: str
    columns: Sequence[str]
    key: Sequence[str]

    @property
    def _published(self) -> str:
        return identifier(PUBLICATION, MARTS_SCHEMA, self.mart)

    @property
    def _current(self) -> str:
        return identifier(self.warehouse, MARTS_SCHEMA, self.mart)

    def bring_up_to_date(self) -> int | None:
        """Replace the rows that differ; return their number, or None if the mart is to be written anew."""
        gone, new = self._compare()
        if max(gone, new) > MOST_CHANGED * self._rows(self._current):
            return None
        if gone:
            self._delete()
        if new:
            self._insert()
        return gone + new if self._rows(self._published) == self._rows(self._current) else None

    def _compare(self) -> tuple[int, int]:
        """Note rows that differ in the table `differing`, new ones without a place; count those gone, those new."""
        self.connection.execute(
            "create or replace temp table differing (place bigint, key_hash ubigint, row_hash ubigint)"
        )
        parts = 1 + self._rows(self._current) // ROWS_AT_ONCE
        for part in range(parts):
            here = f"where key_hash % {parts} = {part}"
            published = f"from (select rowid as place, {self._hashes} from {self._published} as mart) {here}"
            current = f"from (select {self._hashes} from {self._current} as mart) {here}"
            self.connection.execute(
                "insert into differing select place, key_hash, row_hash"
                f" from ({published}) as published full join ({current}) as current using (key_hash, row_hash)"
                " where published.row_hash is null or current.row_hash is null"
            )
        [counts] = self.connection.execute("select count(place), count(*) - count(place) from differing").fetchall()
        return counts

    def _delete(self) -> None:
        self.connection.execute(
            f"delete from {self._published} where rowid in (select place from differing where place is not null)"
        )

    def _insert(self) -> None:
        columns = ", ".join(f"mart.{identifier(column)}" for column in self.columns)
        order = ", ".join(f"mart.{identifier(column)}" for column in self.key)
        self.connection.execute(
            f"insert into {self._published} select {columns} from {self._current} as mart"
            # By the key alone, which no two rows share: hashing whole rows once more would take half as long again.
            f" where {self._hash(self.key)} in (select key_hash from differing where place is null) order by {order}"
        )

    @property
    def _hashes(self) -> str:
        return f"{self._hash(self.key)} as key_hash, {self._hash(self.columns)} as row_hash"

    def _hash(self, columns: Sequence[str]) -> str:
        return f"hash({', '.join(f'mart.{identifier(column)}' for column in columns)})"

    def _rows(self, relation: str) -> int:
        [(rows,)] = self.connection.execute(f"select count(*) from {relation}").fetchall()
        return rows

"""A SQLAlchemy dialect with which Great Expectations can read a DuckDB file.

Great Expectations doesn't support DuckDB, and fetches a result only after its connection is back in the pool (its issue
10738). So this dialect calls itself postgresql, whose SQL DuckDB understands, opens the file read-only, and its cursors
fetch all rows before `execute` returns. Not here: which files and expectations (validation.py).

Importing this module registers `duckdb+gx://`. File and schema are passed as `connect_args`, because in a URL the
special characters of a path would have to be escaped.
"""

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from duckdb_sqlalchemy import ConnectionWrapper, CursorWrapper, Dialect
from sqlalchemy.dialects import registry

from duebook.database_files import attach, connect

NOTHING: Mapping[str, str] = MappingProxyType({})


class BufferedCursor:
    """A cursor whose rows can be read after its connection is closed.

    Results of checks are counts, sums and a few examples, so they need little memory.
    """

    arraysize = 1
    lastrowid = None

    def __init__(self, inner: CursorWrapper) -> None:
        self._inner = inner
        self._rows: deque[tuple[Any, ...]] = deque()
        self.description: Any = None
        self.rowcount = -1

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        """Run a statement and fetch all its rows."""
        self._inner.execute(statement, parameters, context)
        self.description = self._inner.description
        self._rows = deque(self._inner.fetchall() if self.description else [])

    def fetchone(self) -> tuple[Any, ...] | None:
        """Give the next row, None after the last."""
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """Give the next rows, at most `size` (default: `arraysize`)."""
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Give all rows that are left."""
        rows = list(self._rows)
        self._rows.clear()
        return rows

    def close(self) -> None:
        """Do nothing, so that the rows stay: Great Expectations reads them after it has closed the cursor."""


class BufferedConnection(ConnectionWrapper):
    """A connection that hands out buffered cursors."""

    def cursor(self) -> BufferedCursor:
        """Open a cursor."""
        return BufferedCursor(super().cursor())


class ReadOnlyDialect(Dialect):
    """DuckDB, read-only, under the name of a dialect that Great Expectations knows."""

    name = "postgresql"
    supports_statement_cache = False

    def connect(
        self, database: str, schema: str, attached: Mapping[str, str] = NOTHING, **_: Any
    ) -> BufferedConnection:
        """Open the file `database`; names without a schema are looked up in `schema`. `attached`: files by name."""
        connection = connect(Path(database), read_only=True)
        for name, file in attached.items():
            attach(connection, Path(file), name)
        connection.execute("set schema = ?", [schema])
        return BufferedConnection(connection)


registry.register("duckdb.gx", __name__, ReadOnlyDialect.__name__)

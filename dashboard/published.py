"""Reading a publication's marts: one read-only connection for the time it takes to build the site.

Here: the connection. Not here: what is asked of it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from duebook.settings import MARTS_SCHEMA


@dataclass(frozen=True)
class Published:
    """A publication that is open."""

    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str, values: Sequence[Any] = (), **names: str) -> list[tuple]:
        """Run a query.

        Args:
            query: SQL; `{marts}` stands for the marts' schema.
            values: for its parameters.
            **names: further parts of its text.
        """
        return self.connection.execute(query.format(marts=MARTS_SCHEMA, **names), values).fetchall()

    def records(self, query: str, values: Sequence[Any] = (), **names: str) -> list[dict[str, Any]]:
        """Run a query; rows as dictionaries by column."""
        result = self.connection.execute(query.format(marts=MARTS_SCHEMA, **names), values)
        columns = [column for column, *_ in result.description]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

    def has(self, mart: str) -> bool:
        """Say whether a mart is there."""
        return bool(
            self.connection.execute(
                "select 1 from information_schema.tables where table_schema = ? and table_name = ?",
                [MARTS_SCHEMA, mart],
            ).fetchall()
        )


@contextmanager
def reading(file: Path) -> Iterator[Published]:
    """Open a publication, or one that is about to be, for reading."""
    with duckdb.connect(file, read_only=True) as connection:
        yield Published(connection)

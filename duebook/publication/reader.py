"""Reads a publication, or one in the staging folder: one read-only connection, and errors a person can act on.

Here: the connection. Not here: the queries.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from duebook.database_files import DamagedFileError, FileInUseError, open_database
from duebook.encryption import EncryptionError
from duebook.publication.large_marts import is_gone, large_marts
from duebook.settings import MARTS_SCHEMA


@dataclass(frozen=True)
class Published:
    """A publication that is open."""

    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str, values: Sequence[Any] | Mapping[str, Any] = (), **names: str) -> list[tuple]:
        """Run a query.

        Args:
            query: SQL; `{marts}` stands for the marts' schema.
            values: for its parameters.
            **names: further parts of its text.
        """
        return self.connection.execute(query.format(marts=MARTS_SCHEMA, **names), values).fetchall()

    def records(self, query: str, values: Sequence[Any] | Mapping[str, Any] = (), **names: str) -> list[dict[str, Any]]:
        """Run a query; rows as dictionaries by column."""
        result = self.connection.execute(query.format(marts=MARTS_SCHEMA, **names), values)
        columns = [column for column, *_ in result.description]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

    def has(self, mart: str, *columns: str) -> bool:
        """Return whether a mart exists, and has columns."""
        found = self.connection.execute(
            "select column_name from information_schema.columns where table_schema = ? and table_name = ?",
            [MARTS_SCHEMA, mart],
        ).fetchall()
        return bool(found) and {column for (column,) in found}.issuperset(columns)


class UnreadableError(RuntimeError):
    """There is no publication, or it can't be read; the message says which, and what to do."""


@contextmanager
def reading(file: Path) -> Iterator[Published]:
    """Open a publication for reading. Meanwhile, others can read it, and the next one can be published.

    Args:
        file: its DuckDB file.

    Raises:
        UnreadableError: the file doesn't exist, is damaged, or another program writes to it.
        EncryptionError: it is encrypted, and the key for it isn't there.
    """
    if not file.exists():
        raise UnreadableError(f"Nothing is published in {file.parent} yet: run `make refresh` first.")
    try:
        connection = open_database(file, read_only=True)
    except EncryptionError:
        raise
    except (DamagedFileError, FileInUseError, OSError) as error:
        raise UnreadableError(f"{file} can't be read: {error}") from None
    with connection:
        if gone := [folder for folder in large_marts(connection, file.stem, MARTS_SCHEMA).values() if is_gone(folder)]:
            raise UnreadableError(
                f"{file} reads its large marts in {gone[0].parent}, where they are not: the home was moved, or this is"
                " an older publication. `make refresh` has them read where they are"
            )
        yield Published(connection)

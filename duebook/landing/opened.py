"""A landed file ready to be read, and the limits for its columns in every format.

Not here: how each format is opened (``csv_files``, ``jsonl_files``, ``parquet_files``).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from duebook.contract import Table
from duebook.landing.files import LandedFile, LandingError
from duebook.sql_text import literal

# A table has a few dozen; the memory for checking a row grows with the number of columns.
MOST_COLUMNS = 500
# Bytes of one line of text; a row usually has a few hundred.
LONGEST_LINE = 2_000_000
# What `duebook quarantine` writes beside the rows it gives back: it may stay in the file, and says nothing of a row.
REASON_COLUMN = "held_back_because"


@dataclass(frozen=True)
class OpenedFile:
    """A file ready to be read: ``query`` gives, for the i-th of ``columns`` as landed, the text ``c<i>``.

    For the ``typed_columns`` it also gives, as ``v<i>``, a value that equals the text after its cast. ``types`` are
    those that the file itself states, by column; text files state none.
    """

    file: LandedFile
    columns: tuple[str, ...]
    query: str
    typed_columns: frozenset[str] = frozenset()
    types: Mapping[str, str] = field(default_factory=dict)

    def cell(self, column: str) -> str | None:
        """Return SQL for a landed column's text; None if the file doesn't have the column."""
        return f"c{self.columns.index(column)}" if column in self.columns else None

    def value(self, column: str) -> str | None:
        """Return SQL for a column's typed value; None if only its text is available."""
        return f"v{self.columns.index(column)}" if column in self.typed_columns else None

    @property
    def unknown_columns(self) -> tuple[tuple[str, str], ...]:
        """The columns the contract does not know, each with SQL for its text."""
        known = {*known_columns(self.file.table), REASON_COLUMN}
        return tuple((name, f"c{place}") for place, name in enumerate(self.columns) if name not in known)

    @property
    def misspelt(self) -> dict[str, str]:
        """The contract's columns that the file has only in another spelling (case, spaces), by that spelling."""
        return misspelt(self.file.table, self.columns)


def refuse_columns(source: OpenedFile) -> None:
    """Refuse a file with columns that can only be a mistake.

    Raises:
        LandingError: there are too many of them, or a name contains a NUL character.
    """
    if len(source.columns) > MOST_COLUMNS:
        raise LandingError(
            f"{source.file.name} has {len(source.columns):,} columns; {MOST_COLUMNS} is the most that is allowed: "
            "land only the columns of the contract and those you need"
        )
    for place, name in enumerate(source.columns, start=1):
        if "\x00" in name:
            raise LandingError(f"{source.file.name}: the name of column {place} contains a NUL character: rename it")


def known_columns(table: Table) -> tuple[str, ...]:
    """Return the names of the columns a source may land."""
    return tuple(column.name for column in table.landed_columns)


def misspelt(table: Table, columns: Iterable[str]) -> dict[str, str]:
    """Return the contract's columns that exist only in another spelling (case, spaces), by that spelling."""
    there = tuple(columns)
    wanted = {name: name for name in known_columns(table) if name not in there}
    return {name: wanted[spelt] for name in there if (spelt := re.sub(r"[\s_-]+", "_", name.strip().lower())) in wanted}


def glob(path: Path) -> str:
    """Return a path as an SQL literal in which no character is a wildcard."""
    return literal(re.sub(r"([\[*?])", r"[\1]", str(path)))

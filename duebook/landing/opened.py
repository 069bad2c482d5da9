"""A landed file ready to be read, and what its columns may not be, whatever its format.

Not here: how each format is opened (``csv_files``, ``jsonl_files``, ``parquet_files``).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from duebook.contract import Table
from duebook.landing.files import LandedFile, LandingError
from duebook.sql_text import literal

# Every table has some dozens; what a row takes in memory while it is checked grows with its columns.
MOST_COLUMNS = 500
# Bytes of one line of text: a table's row has some hundreds.
LONGEST_LINE = 2_000_000


@dataclass(frozen=True)
class OpenedFile:
    """A file ready to be read: ``query`` gives, for the i-th of ``columns`` as landed, the text ``c<i>``.

    For columns ``of_their_type`` it also gives, as ``v<i>``, a value that casts as the text does.
    """

    file: LandedFile
    columns: tuple[str, ...]
    query: str
    of_their_type: frozenset[str] = frozenset()

    def cell(self, column: str) -> str | None:
        """SQL of a landed column's text, None when the file does not have it."""
        return f"c{self.columns.index(column)}" if column in self.columns else None

    def value(self, column: str) -> str | None:
        """SQL of a column's value, None where only its text can be had."""
        return f"v{self.columns.index(column)}" if column in self.of_their_type else None

    @property
    def misspelt(self) -> dict[str, str]:
        """The contract's columns the file has only under another spelling (case, spaces), by that spelling."""
        return misspelt(self.file.table, self.columns)


def refuse_columns(source: OpenedFile) -> None:
    """Refuse a file whose columns nobody meant to land.

    Raises:
        LandingError: there are too many of them, or a name holds a NUL.
    """
    if len(source.columns) > MOST_COLUMNS:
        raise LandingError(
            f"{source.file.name} has {len(source.columns):,} columns, more than the {MOST_COLUMNS} a file may have: "
            f"land those the contract knows, and what else is needed"
        )
    for place, name in enumerate(source.columns, start=1):
        if "\x00" in name:
            raise LandingError(f"{source.file.name}: the name of column {place} holds a NUL: rename the column")


def known_columns(table: Table) -> tuple[str, ...]:
    """The names of the columns a source may land."""
    return tuple(column.name for column in table.landed_columns)


def misspelt(table: Table, columns: Iterable[str]) -> dict[str, str]:
    """The contract's columns that are there only under another spelling (case, spaces), by that spelling."""
    there = tuple(columns)
    wanted = {name: name for name in known_columns(table) if name not in there}
    return {name: wanted[spelt] for name in there if (spelt := re.sub(r"[\s_-]+", "_", name.strip().lower())) in wanted}


def glob(path: Path) -> str:
    """A path as an SQL literal in which no letter is a wildcard."""
    return literal(re.sub(r"([\[*?])", r"[\1]", str(path)))

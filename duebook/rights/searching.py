"""Whether texts are in any file of a home: in the bytes as they are, and in what databases and Parquet files hold.

All texts are looked for at once, in a time that hardly grows with their number: of each its last bytes are a number,
and numbers at each place of a file are looked up in one table. What is found so is compared in full.
Here: reading files, and saying where in one a text stands. Not here: which texts (telling.py), what to do about them
(cli/erase.py).
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from duebook.database_files import DamagedFileError, FileInUseError, open_database
from duebook.landing.opened import glob
from duebook.sql_text import identifier

# Of fewer bytes no text is looked for: it would be anywhere.
FEWEST_BYTES = 6
# Bytes looked at together: what is made of them stays in the processor's cache.
_CHUNK = 1 << 20
_ROWS = 8192
_TEXTS = ("VARCHAR", "JSON", "VARCHAR[]")
# No text goes on in the next cell.
_END_OF_CELL = "chr(0)"
# The last bytes are two words of four that overlap; odd numbers mix them, and so many bits are left.
_MIX, _MIX_LAST, _BITS = 0x9E3779B1, 0x85EBCA6B, 20


# Of tables with these columns a row is known by the landed file it came from.
_PLACE = ("source_file", "source_row")
# Files without lines.
_BINARY = (".duckdb", ".parquet", ".db", ".gz", ".wal")


@dataclass(frozen=True)
class Found:
    """A file that has one of the texts.

    Attributes:
        file: the file.
        where: a place in it: a line, or a table's column and row; of other files that are no text, none.
        landed: where that row was landed: the file, and the row within it; None: it is no landed row.
    """

    file: Path
    where: str
    landed: tuple[str, int] | None = None


class Wanted:
    """Texts to look for.

    Args:
        texts: at least one, each of `FEWEST_BYTES` or more.
    """

    def __init__(self, texts: Collection[str]) -> None:
        # JSON, as logs and histories have it, writes letters beyond ASCII and some others in its own way.
        both = {way.encode() for text in texts for way in (text, json.dumps(text)[1:-1])}
        self.longest = max(map(len, both), default=0)
        self._by_number: dict[int, list[bytes]] = {}
        self._numbers = np.zeros(1 << _BITS, dtype=bool)
        for text in both:
            if len(text) < FEWEST_BYTES:
                raise ValueError(f"expected texts of {FEWEST_BYTES} bytes or more")
            (number,) = _numbers(text[-FEWEST_BYTES:], 0).tolist()
            self._numbers[number] = True
            self._by_number.setdefault(number, []).append(text)

    def are_in(self, content: bytes | memoryview) -> bool:
        """Return whether any of them is in some bytes."""
        return any(self._end_from(content, first) for first in _firsts(content))

    def end_in(self, content: bytes | memoryview) -> int | None:
        """Return where the first of them ends in some bytes; None: none is there."""
        ends = (self._end_from(content, first) for first in _firsts(content))
        return min((end for end in ends if end), default=None)

    def _end_from(self, content: bytes | memoryview, first: int) -> int | None:
        """Look at every fourth place."""
        numbers = _numbers(content, first)
        places = np.flatnonzero(self._numbers[numbers])
        for place, number in zip(places.tolist(), numbers[places].tolist(), strict=True):
            end = first + 4 * place + FEWEST_BYTES
            for text in self._by_number[number]:
                if end >= len(text) and content[end - len(text) : end] == text:
                    return end
        return None


def _firsts(content: bytes | memoryview) -> range:
    return range(min(4, max(0, len(content) - FEWEST_BYTES + 1)))


def _numbers(content: bytes | memoryview, first: int) -> np.ndarray:
    """Return the numbers of the bytes at every fourth place."""
    count = (len(content) - first - FEWEST_BYTES) // 4 + 1
    words, last = (np.frombuffer(content, "<u4", count, first + ahead) for ahead in (0, FEWEST_BYTES - 4))
    mixed = words * np.uint32(_MIX)
    mixed += last * np.uint32(_MIX_LAST)
    mixed >>= np.uint32(32 - _BITS)
    return mixed


def files_with(folder: Path, texts: Collection[str]) -> Iterator[Found]:
    """Yield the files of a folder that have any of some texts.

    Args:
        folder: all that is below it is read.
        texts: at least one, each of `FEWEST_BYTES` or more.
    """
    wanted = Wanted(texts)
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink() and (found := _in_rows(file, wanted) or _in_bytes(file, wanted)):
            yield found


def _in_bytes(file: Path, wanted: Wanted) -> Found | None:
    kept, lines = b"", 1
    with file.open("rb") as opened:
        while read := opened.read(_CHUNK):
            # A text may lie across two of them.
            content = kept + read
            if end := wanted.end_in(content):
                line = lines + content.count(b"\n", 0, end)
                return Found(file, "in its bytes" if file.suffix in _BINARY else f"line {line:,}")
            kept = content[-wanted.longest :]
            lines += content.count(b"\n", 0, len(content) - len(kept))
    return None


def _in_rows(file: Path, wanted: Wanted) -> Found | None:
    try:
        if file.suffix == ".parquet":
            with duckdb.connect() as con:
                rows = f"read_parquet({glob(file)}, hive_partitioning = false)"
                return _in_relation(con, rows, wanted, file, "")
        if file.suffix == ".duckdb":
            with open_database(file, read_only=True) as con:
                tables = con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
                found = (_in_relation(con, identifier(*one), wanted, file, f"{'.'.join(one)}, ") for one in tables)
                return next((one for one in found if one), None)
    except (DamagedFileError, FileInUseError, duckdb.Error):
        # What can't be read is a matter of `duebook doctor`; its bytes are searched.
        return None
    return None


def _in_relation(con: duckdb.DuckDBPyConnection, relation: str, wanted: Wanted, file: Path, table: str) -> Found | None:
    columns = con.execute(f"select column_name, column_type from (describe from {relation})").fetchall()
    texts = [name for name, kind in columns if kind in _TEXTS]
    if not texts:
        return None
    cells = ", ".join(f"cast({identifier(name)} as varchar) || {_END_OF_CELL}" for name in texts)
    first = 0
    for batch in con.execute(f"select {cells} from {relation}").to_arrow_reader(_ROWS):
        for name, column in zip(texts, batch.columns, strict=True):
            _, _, content = column.buffers()
            if content is None or not wanted.are_in(memoryview(content)):
                continue
            for number, text in enumerate(column.to_pylist()):
                if text is not None and wanted.are_in(text.encode()):
                    row = first + number
                    return Found(file, f"{table}column {name}, row {row + 1:,}", _landed(con, relation, columns, row))
        first += len(batch)
    return None


def _landed(
    con: duckdb.DuckDBPyConnection, relation: str, columns: Collection[tuple[str, str]], row: int
) -> tuple[str, int] | None:
    if not {*_PLACE} <= {name for name, _ in columns}:
        return None
    return con.execute(f"select {', '.join(_PLACE)} from {relation} limit 1 offset {row}").fetchone()

"""Whether texts are in any file of a home: in the bytes as they are, and in what databases and Parquet files hold.

All texts are looked for at once, in a time that hardly grows with their number: of each its last bytes are a number,
and numbers at each place of a file are looked up in one table. What is found so is compared in full.
Here: reading files. Not here: which texts (erasing.py).
"""

import json
from collections.abc import Collection, Iterator
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
        for first in range(min(4, max(0, len(content) - FEWEST_BYTES + 1))):
            numbers = _numbers(content, first)
            places = np.flatnonzero(self._numbers[numbers])
            for place, number in zip(places.tolist(), numbers[places].tolist(), strict=True):
                end = first + 4 * place + FEWEST_BYTES
                for text in self._by_number[number]:
                    if end >= len(text) and content[end - len(text) : end] == text:
                        return True
        return False


def _numbers(content: bytes | memoryview, first: int) -> np.ndarray:
    """Return the numbers of the bytes at every fourth place."""
    count = (len(content) - first - FEWEST_BYTES) // 4 + 1
    words, last = (np.frombuffer(content, "<u4", count, first + ahead) for ahead in (0, FEWEST_BYTES - 4))
    mixed = words * np.uint32(_MIX)
    mixed += last * np.uint32(_MIX_LAST)
    mixed >>= np.uint32(32 - _BITS)
    return mixed


def files_with(folder: Path, texts: Collection[str]) -> Iterator[Path]:
    """Yield the files of a folder that have any of some texts.

    Args:
        folder: all that is below it is read.
        texts: at least one, each of `FEWEST_BYTES` or more.
    """
    wanted = Wanted(texts)
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink() and (_in_bytes(file, wanted) or _in_rows(file, wanted)):
            yield file


def _in_bytes(file: Path, wanted: Wanted) -> bool:
    kept = b""
    with file.open("rb") as opened:
        while read := opened.read(_CHUNK):
            # A text may lie across two of them.
            content = kept + read
            if wanted.are_in(content):
                return True
            kept = content[-wanted.longest :]
    return False


def _in_rows(file: Path, wanted: Wanted) -> bool:
    try:
        if file.suffix == ".parquet":
            with duckdb.connect() as con:
                return _in_relation(con, f"read_parquet({glob(file)}, hive_partitioning = false)", wanted)
        if file.suffix == ".duckdb":
            with open_database(file, read_only=True) as con:
                tables = con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
                return any(_in_relation(con, identifier(*table), wanted) for table in tables)
    except (DamagedFileError, FileInUseError, duckdb.Error):
        # What can't be read is a matter of `duebook doctor`; its bytes were searched.
        return False
    return False


def _in_relation(con: duckdb.DuckDBPyConnection, relation: str, wanted: Wanted) -> bool:
    columns = con.execute(f"select column_name, column_type from (describe from {relation})").fetchall()
    cells = [f"cast({identifier(name)} as varchar) || {_END_OF_CELL}" for name, kind in columns if kind in _TEXTS]
    if not cells:
        return False
    for batch in con.execute(f"select {', '.join(cells)} from {relation}").to_arrow_reader(_ROWS):
        for column in batch.columns:
            _, _, content = column.buffers()
            if content is not None and wanted.are_in(memoryview(content)):
                return True
    return False

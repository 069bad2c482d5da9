"""Whether texts are in any file of a home: in the bytes as they are, and in what databases and Parquet files hold.

Here: reading files. Not here: which texts (erasing.py).
"""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb

from duebook.database_files import DamagedFileError, FileInUseError, open_database
from duebook.landing.opened import glob
from duebook.sql_text import identifier

# Bytes read at once; a text may lie across two of them.
_CHUNK = 1 << 24
_TEXTS = ("VARCHAR", "JSON", "VARCHAR[]")


def files_with(folder: Path, texts: Collection[str]) -> Iterator[Path]:
    """Yield the files of a folder that have any of some texts.

    Args:
        folder: all that is below it is read.
        texts: at least one; each of some letters, for shorter ones are everywhere.
    """
    ways = [re.escape(text) for text in sorted(texts, key=len, reverse=True)]
    # JSON, as logs and histories have it, writes letters beyond ASCII and some others in its own way.
    as_json = [re.escape(escaped) for text in texts if (escaped := json.dumps(text)[1:-1]) != text]
    in_bytes, in_rows = re.compile("|".join([*ways, *as_json]).encode()), "|".join(ways)
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink() and (_in_bytes(file, in_bytes) or _in_rows(file, in_rows)):
            yield file


def _in_bytes(file: Path, wanted: re.Pattern[bytes]) -> bool:
    kept = b""
    with file.open("rb") as opened:
        while read := opened.read(_CHUNK):
            if wanted.search(kept + read):
                return True
            kept = read[-4096:]
    return False


def _in_rows(file: Path, wanted: str) -> bool:
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


def _in_relation(con: duckdb.DuckDBPyConnection, relation: str, wanted: str) -> bool:
    columns = con.execute(f"select column_name, column_type from (describe from {relation})").fetchall()
    cells = [f"cast({identifier(name)} as varchar)" for name, kind in columns if kind in _TEXTS]
    if not cells:
        return False
    ways = " or ".join(f"regexp_matches({cell}, $wanted)" for cell in cells)
    return bool(con.execute(f"select 1 from {relation} where {ways} limit 1", {"wanted": wanted}).fetchall())

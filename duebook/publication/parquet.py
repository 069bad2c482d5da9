"""The marts as Parquet: a file a mart, or for large ones with a past that stays, a folder with a file a month.

Here: which files there are, writing those whose rows have changed, linking the others. Not here: where the rows come
from (copying.py), swapping the folder in (publish.py).

Whether rows have changed is told by a fingerprint of them: their number, and the sum of their hashes of 64 bits, so in
whatever order they stand. A change goes unnoticed once in 2^64 changes.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from duebook.publication.copying import mart_name, marts_of
from duebook.publication.record import ParquetFile, left_as, sync
from duebook.sql_text import identifier, literal

# In a mart's YAML, under `meta`: the date by whose month its rows are kept in files.
BY_MONTH = "parquet_by_month"


@dataclass(frozen=True)
class Before:
    """The Parquet files published before: their folder, and what the record says of each, by its path in there."""

    folder: Path
    files: Mapping[str, ParquetFile]

    def has(self, name: str, fingerprint: str) -> bool:
        """Say whether a file holds rows of a fingerprint, and nobody has written in it."""
        file, told = self.folder / name, self.files.get(name)
        return told is not None and told.fingerprint == fingerprint and file.exists() and left_as(file) == told.left_as


@dataclass(frozen=True)
class _Part:
    """What is in one file: its path, a condition on the mart's rows, their fingerprint."""

    name: str
    condition: str
    fingerprint: str


def months_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the marts that are kept by month, with the date that says which.

    Args:
        manifest: dbt's manifest.
    """
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return {node["name"]: node["config"]["meta"][BY_MONTH] for node in models if BY_MONTH in node["config"]["meta"]}


def fill_folder(
    connection: duckdb.DuckDBPyConnection, folder: Path, before: Before | None, months: Mapping[str, str]
) -> dict[str, ParquetFile]:
    """Write or link the Parquet files of all copied marts; they are on the disk afterwards.

    Args:
        connection: to the copied marts.
        folder: what to fill; it is there, and empty.
        before: what was published before; None: everything is written.
        months: the marts to keep by month, with the date that says which.

    Returns:
        Every file by its path in the folder.
    """
    files = {}
    for mart in marts_of(connection):
        for part in _parts(connection, mart, months.get(mart)):
            file = folder / part.name
            file.parent.mkdir(exist_ok=True)
            if before and before.has(part.name, part.fingerprint):
                _keep(before.folder / part.name, file)
            else:
                rows = f"select * from {mart_name(mart)} where {part.condition}"
                connection.execute(f"copy ({rows}) to {literal(file)} (format parquet, compression zstd)")
                sync(file)
            files[part.name] = ParquetFile(part.fingerprint, left_as(file))
    for path in [folder, *(path for path in folder.iterdir() if path.is_dir())]:
        sync(path)
    return files


def _parts(connection: duckdb.DuckDBPyConnection, mart: str, month_of: str | None) -> list[_Part]:
    """Say which files a mart is kept in: one, or one a month in a folder of its name."""
    columns = connection.execute(f"select column_name, column_type from (describe {mart_name(mart)})").fetchall()
    row_hash = f"hash({', '.join(identifier(name) for name, _ in columns)})"
    month = f"date_trunc('month', {identifier(month_of)})" if month_of else "null"
    found = connection.execute(
        f"select cast({month} as date), count(*), sum({row_hash}) from {mart_name(mart)} group by 1 order by 1"
    ).fetchall()
    shape = connection.execute("select hash(?)", [str(columns)]).fetchone()[0]
    parts = [
        _Part(_file_name(mart, month_of, month), _condition(month_of, month), f"{shape} {rows} {total}")
        for month, rows, total in found
    ]
    # Also of a mart without rows there is a file, which has its columns.
    return parts or [_Part(_file_name(mart, month_of, None), "true", f"{shape} 0")]


def _file_name(mart: str, month_of: str | None, month: date | None) -> str:
    if month_of is None:
        return f"{mart}.parquet"
    return f"{mart}/{month:%Y-%m}.parquet" if month else f"{mart}/no_month.parquet"


def _condition(month_of: str | None, month: date | None) -> str:
    if month_of is None:
        return "true"
    column = identifier(month_of)
    if month is None:
        return f"{column} is null"
    # A range, which DuckDB can hold against what it knows of its blocks.
    return f"{column} >= date '{month}' and {column} < date '{month}' + interval 1 month"


def _keep(file: Path, name: Path) -> None:
    """Have a file under one more name, as a copy where a file can't have two."""
    try:
        name.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, name)
        sync(name)

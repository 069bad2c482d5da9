"""The marts as Parquet: one file for each mart, or for large marts whose past doesn't change, one for each month.

Here: which files there are, writing files whose rows have changed, linking the others. Not here: where the rows come
from (copying.py), replacing the published folder (publish.py).

A fingerprint shows whether rows have changed: their number, and the sum of their 64-bit hashes, so that their order
doesn't matter. The chance that a change isn't noticed is 1 in 2^64.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from duebook.on_disk import sync
from duebook.publication.copying import mart_name, marts_of
from duebook.publication.record import ParquetFile, size_and_time
from duebook.sql_text import identifier, literal

# In a mart's YAML, under `meta`: the date by whose month its rows are kept in files.
BY_MONTH = "parquet_by_month"


@dataclass(frozen=True)
class Before:
    """The Parquet files published last: their folder, and the record's entry for each, by its path in the folder."""

    folder: Path
    files: Mapping[str, ParquetFile]

    def has(self, name: str, fingerprint: str) -> bool:
        """Return whether a file has rows of this fingerprint, and nobody has changed it since."""
        file, entry = self.folder / name, self.files.get(name)
        if entry is None or entry.fingerprint != fingerprint or not file.exists():
            return False
        return size_and_time(file) == entry.left_as


@dataclass(frozen=True)
class _Part:
    """One file: its path, the SQL condition for its rows of the mart, and their fingerprint."""

    name: str
    condition: str
    fingerprint: str


def months_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the marts that have a file for each month, with the date column that says which month.

    Args:
        manifest: dbt's manifest.
    """
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return {node["name"]: month_of for node in models if (month_of := month_column(node))}


def month_column(model: Mapping[str, Any]) -> str | None:
    """Return the date column of a mart that has a file for each month; None: it has one file.

    Args:
        model: as dbt's manifest describes it.
    """
    return model["config"]["meta"].get(BY_MONTH)


def fill_folder(
    connection: duckdb.DuckDBPyConnection, folder: Path, before: Before | None, months: Mapping[str, str]
) -> dict[str, ParquetFile]:
    """Write or link the Parquet files of all copied marts, and wait until they are on the disk.

    Args:
        connection: to the copied marts.
        folder: the folder for the files; it exists and is empty.
        before: the files published last; None: all files are written.
        months: the marts to write by month, with the date column that says which month.

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
            files[part.name] = ParquetFile(part.fingerprint, size_and_time(file))
    for path in [folder, *(path for path in folder.iterdir() if path.is_dir())]:
        sync(path)
    return files


def _parts(connection: duckdb.DuckDBPyConnection, mart: str, month_of: str | None) -> list[_Part]:
    """Return a mart's files: one, or one for each month in a folder with the mart's name."""
    columns = connection.execute(f"select column_name, column_type from (describe {mart_name(mart)})").fetchall()
    month = f"date_trunc('month', {identifier(month_of)})" if month_of else "null"
    found = connection.execute(
        f"select cast({month} as date), {_rows_and_total(columns)} from {mart_name(mart)} group by 1 order by 1"
    ).fetchall()
    shape = shape_of(connection, columns)
    parts = [
        _Part(_file_name(mart, month_of, month), _condition(month_of, month), f"{shape} {rows} {total}")
        for month, rows, total in found
    ]
    # A mart without rows has a file, too, with its columns.
    return parts or [_Part(_file_name(mart, month_of, None), "true", f"{shape} 0")]


def _rows_and_total(columns: Sequence[tuple[str, str]]) -> str:
    """Return the SQL for what a fingerprint has of rows: their number, and the sum of their hashes."""
    return f"count(*), sum(hash({', '.join(identifier(name) for name, _ in columns)}))"


def rows_and_total(
    connection: duckdb.DuckDBPyConnection, rows: str, columns: Sequence[tuple[str, str]]
) -> tuple[int, int]:
    """Read rows as a fingerprint does: their number, and the sum of their hashes. All of them are read.

    Args:
        connection: any.
        rows: the SQL they come from.
        columns: of the mart, with their types; a Parquet file may have others.
    """
    cast = ", ".join(f"cast({identifier(name)} as {kind}) as {identifier(name)}" for name, kind in columns)
    [(number, total)] = connection.execute(
        f"select {_rows_and_total(columns)} from (select {cast} from {rows})"
    ).fetchall()
    return number, total or 0


def shape_of(connection: duckdb.DuckDBPyConnection, columns: Sequence[tuple[str, str]]) -> int:
    """Return what a fingerprint has of the columns: another version of DuckDB may hash them, and rows, otherwise."""
    return connection.execute("select hash(?)", [str(columns)]).fetchone()[0]


def as_recorded(fingerprints: Iterable[str]) -> tuple[int, int]:
    """Return what the fingerprints of a mart's files say of its rows, all together, as `rows_and_total` does."""
    parts = [fingerprint.split()[1:] for fingerprint in fingerprints]
    return sum(int(rows) for rows, *_ in parts), sum(int(total) for _, *totals in parts for total in totals)


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
    # A range, so that DuckDB can skip blocks by their minimum and maximum.
    return f"{column} >= date {literal(month)} and {column} < date {literal(month)} + interval 1 month"


def _keep(file: Path, name: Path) -> None:
    """Link a file under a second name; copy it if the file system has no hard links."""
    try:
        name.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, name)
        sync(name)

"""The log of refreshes, in the landing file.

Here: the table `raw.refreshes`, and appending records to a table of the landing file. Not here: results of checks
(expectations/results.py).
"""

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from duebook.database_files import connect
from duebook.settings import RAW_SCHEMA, Settings

REFRESHES = "refreshes"
COLUMN_TYPES = {str: "varchar", date: "date", datetime: "timestamp", bool: "boolean", int: "bigint"}


@dataclass(frozen=True)
class Refresh:
    """A row of `raw.refreshes`: how a refresh went, for one business day. Times are UTC without zone.

    `status` is `publishing` before the marts are copied, so that the published copy has this row, too; `published` or
    `failed` when the refresh has ended. A refresh that was killed in between stays at `publishing`.
    """

    refresh_id: str
    as_of_date: date
    known_as_of: date | None
    started_at: datetime
    ended_at: datetime | None = None
    status: str = "publishing"
    detail: str | None = None
    landed_rows: int | None = None
    quarantined_rows: int | None = None
    published_path: str | None = None


def utc_now() -> datetime:
    """Return this moment, UTC, without zone, as the landing file keeps times."""
    return datetime.now(UTC).replace(tzinfo=None)


def begin_refresh(settings: Settings, day: date, refresh_id: str, started_at: datetime) -> Refresh:
    """Log a refresh that is about to publish, with the rows it landed and quarantined.

    Args:
        settings: the refresh's settings.
        day: the business day.
        refresh_id: its id.
        started_at: when it started; files loaded since then count as loaded by it.
    """
    landed, quarantined = _rows_loaded_since(settings.landed_file, started_at)
    refresh = Refresh(
        refresh_id,
        day,
        settings.known_as_of,
        started_at,
        landed_rows=landed,
        quarantined_rows=quarantined,
    )
    _record(settings, refresh)
    return refresh


def end_refresh(settings: Settings, refresh: Refresh, status: str, detail: str | None = None, path: str = "") -> None:
    """Log how a refresh ended.

    Args:
        settings: the refresh's settings.
        refresh: its record.
        status: `published` or `failed`.
        detail: why it failed.
        path: what it published, relative to the home.
    """
    _record(settings, replace(refresh, ended_at=utc_now(), status=status, detail=detail, published_path=path or None))


def is_over(settings: Settings, refresh_id: str) -> bool:
    """Return whether a refresh is logged as published or failed."""
    if not settings.landed_file.exists():
        return False
    with connect(settings.landed_file) as connection:
        _create(connection, REFRESHES, Refresh)
        query = f"select count(*) from {RAW_SCHEMA}.{REFRESHES} where refresh_id = ? and ended_at is not null"
        [(ended,)] = connection.execute(query, [refresh_id]).fetchall()
    return ended > 0


def add_detail(settings: Settings, refresh_id: str, detail: str) -> None:
    """Set the detail of a logged refresh: what happened after it ended."""
    with connect(settings.landed_file) as connection:
        connection.execute(
            f"update {RAW_SCHEMA}.{REFRESHES} set detail = ? where refresh_id = ?",
            [detail, refresh_id],
        )


def _record(settings: Settings, refresh: Refresh) -> None:
    append(settings.landed_file, REFRESHES, [refresh], replacing={"refresh_id": refresh.refresh_id})


def create_table(landed_file: Path, table: str, record: type) -> None:
    """Create a table of the landing file if it doesn't exist; its columns are the fields of a dataclass."""
    landed_file.parent.mkdir(parents=True, exist_ok=True)
    with connect(landed_file) as connection:
        _create(connection, table, record)


def append(landed_file: Path, table: str, records: Sequence[Any], replacing: Mapping[str, str] | None = None) -> None:
    """Append dataclass records to a table of the landing file, all or none; their type is the table's columns.

    Args:
        landed_file: the landing file.
        table: the table; it is created if it doesn't exist.
        records: the records, of one type.
        replacing: values by column; rows that have them are deleted first.
    """
    if not records:
        return
    landed_file.parent.mkdir(parents=True, exist_ok=True)
    names = [field.name for field in fields(records[0])]
    with connect(landed_file) as connection:
        connection.execute("begin")
        _create(connection, table, type(records[0]))
        for column, value in (replacing or {}).items():
            connection.execute(f"delete from {RAW_SCHEMA}.{table} where {column} = ?", [value])
        connection.executemany(
            f"insert into {RAW_SCHEMA}.{table} ({', '.join(names)}) values ({', '.join('?' for _ in names)})",
            [astuple(record) for record in records],
        )
        connection.execute("commit")


def _create(connection: duckdb.DuckDBPyConnection, table: str, record: type) -> None:
    columns = [f"{name} {_column_type(hint)}" for name, hint in typing.get_type_hints(record).items()]
    connection.execute(f"create schema if not exists {RAW_SCHEMA}")
    connection.execute(f"create table if not exists {RAW_SCHEMA}.{table} ({', '.join(columns)})")
    # A home of an older Duebook has the table with fewer columns.
    for column in columns:
        connection.execute(f"alter table {RAW_SCHEMA}.{table} add column if not exists {column}")


def _column_type(hint: Any) -> str:
    without_none = [part for part in typing.get_args(hint) if part is not types.NoneType] or [hint]
    return COLUMN_TYPES[without_none[0]]


def _rows_loaded_since(landed_file: Path, started_at: datetime) -> tuple[int, int]:
    """Count rows loaded and quarantined; 0 and 0 if the first load of all failed before it created the table."""
    if not landed_file.exists():
        return 0, 0
    with connect(landed_file, read_only=True) as connection:
        if not connection.execute("from information_schema.tables where table_name = 'loaded_files'").fetchall():
            return 0, 0
        [(landed, quarantined)] = connection.execute(
            "select coalesce(sum(rows_loaded), 0), coalesce(sum(rows_quarantined), 0)"
            f" from {RAW_SCHEMA}.loaded_files where loaded_at >= ?",
            [started_at],
        ).fetchall()
    return int(landed), int(quarantined)

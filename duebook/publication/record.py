"""The record of a publication, which stands beside it as `publication.json`.

Here: what it says, reading it, replacing it atomically. Not here: making a publication (publish.py).
"""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

RECORD_NAME = "publication.json"
# In the published folder; what is swapped in is made there.
STAGING_FOLDER = ".publishing"


@dataclass(frozen=True)
class ParquetFile:
    """A published Parquet file: a fingerprint of its rows and columns, its size and time."""

    fingerprint: str
    left_as: str


@dataclass(frozen=True)
class Publication:
    """What readers hold.

    Attributes:
        as_of: the business day the marts speak of.
        known_as_of: only what was known at the end of this day counts; None: everything.
        reporting_currency: ISO 4217; None when there are no receivables at all.
        refresh_id: the refresh that made it.
        published_at: when, UTC, without zone.
        duebook_version: of the code that made it.
        database: the DuckDB file, relative to the record.
        parquet: the folder of Parquet files, relative to the record; unlike the link `parquet` it never changes.
        row_counts: rows by mart.
        left_as: size and time of the DuckDB file; None: an older Duebook made it.
        parquet_files: what is known of each, by its path in the folder; nothing: an older Duebook made them.
    """

    as_of: date
    known_as_of: date | None
    reporting_currency: str | None
    refresh_id: str
    published_at: datetime
    duebook_version: str
    database: str
    parquet: str
    row_counts: dict[str, int]
    left_as: str | None = None
    parquet_files: dict[str, ParquetFile] = field(default_factory=dict)


def read_publication(folder: Path) -> Publication | None:
    """Read the record of what is published in a folder; None where nothing was yet.

    That is the record of the database which stands there, also where a kill kept it from standing beside it.
    """
    return unfinished_publication(folder) or _read(folder / RECORD_NAME)


def unfinished_publication(folder: Path) -> Publication | None:
    """Read the record of a publication whose database is swapped in already, and its record not yet."""
    staging = folder / STAGING_FOLDER
    publication = _read(staging / RECORD_NAME)
    return publication if publication and not (staging / publication.database).exists() else None


def draft_record(publication: Publication, staging: Path) -> None:
    """Write a record where it waits to be swapped in; it is there as a whole or not at all."""
    text = json.dumps(asdict(publication), indent=2, default=lambda day: day.isoformat())
    part = staging / f"{RECORD_NAME}.part"
    part.write_text(text + "\n", encoding="utf-8")
    sync(part)
    part.replace(staging / RECORD_NAME)
    sync(staging)


def swap_record_in(folder: Path) -> None:
    """Replace the record in a folder by its draft, at once."""
    # What it speaks of is there to stay before it is.
    sync(folder)
    (folder / STAGING_FOLDER / RECORD_NAME).replace(folder / RECORD_NAME)
    sync(folder)


def drop_draft(staging: Path) -> None:
    """Remove the draft of a record whose database will not be swapped in.

    Before that database is removed: a draft without it says that it was swapped in.
    """
    (staging / RECORD_NAME).unlink(missing_ok=True)


def _read(record: Path) -> Publication | None:
    """Read a record; one that makes no sense, as a full disk or a power cut leaves it, is none."""
    try:
        values = json.loads(record.read_bytes())
        values["as_of"] = date.fromisoformat(values["as_of"])
        values["known_as_of"] = date.fromisoformat(values["known_as_of"]) if values["known_as_of"] else None
        values["published_at"] = datetime.fromisoformat(values["published_at"])
        values["parquet_files"] = {name: ParquetFile(**file) for name, file in values.get("parquet_files", {}).items()}
        # What an older Duebook said, of files it wrote otherwise.
        values.pop("parquet_left_as", None)
        return Publication(**values)
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None


def left_as(file: Path) -> str:
    """Say how a file was left, by its size and time: whatever writes in it afterwards changes that."""
    stat = file.stat()
    return f"{stat.st_size}:{stat.st_mtime_ns}"


def as_it_was_left(folder: Path) -> Publication | None:
    """Read the record of what is published in a folder, if its DuckDB file is as it says; else None.

    What someone has written in, and what comes from a backup, may hold anything.
    """
    publication = read_publication(folder)
    file = folder / publication.database if publication else None
    return publication if file and file.exists() and left_as(file) == publication.left_as else None


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's entries, on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

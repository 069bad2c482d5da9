"""The record of a publication: `publication.json` in its folder.

Here: its content, reading it, replacing it atomically. Not here: making a publication (publish.py).
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

from duebook.on_disk import sync

RECORD_NAME = "publication.json"
# In the published folder: new files are written there before they replace the published ones.
STAGING_FOLDER = ".publishing"


@dataclass(frozen=True)
class ParquetFile:
    """A published Parquet file: a fingerprint of its rows and columns, and its size and time when it was written."""

    fingerprint: str
    left_as: str


@dataclass(frozen=True)
class Publication:
    """The record of one publication.

    Attributes:
        as_of: the business day the marts are for.
        known_as_of: only what was known at the end of this day counts; None: everything.
        reporting_currency: ISO 4217; None when there are no receivables at all.
        refresh_id: the refresh that made it.
        published_at: when, UTC, without zone.
        duebook_version: of the code that made it.
        database: the DuckDB file, relative to the record.
        parquet: the folder of Parquet files, relative to the record; unlike the link `parquet` it never changes.
        row_counts: rows by mart.
        left_as: size and time of the DuckDB file when it was written; None: an older Duebook made it.
        parquet_files: the Parquet files by their path in the folder; empty: an older Duebook made them.
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
    """Read the record of the publication in a folder; None if nothing is published there.

    It is always the record of the database in the folder: if a kill came between database and record, the record is
    read from the staging folder.
    """
    return unfinished_publication(folder) or _read(folder / RECORD_NAME)


def unfinished_publication(folder: Path) -> Publication | None:
    """Read the record of a publication whose database is already published, but its record not yet."""
    staging = folder / STAGING_FOLDER
    publication = _read(staging / RECORD_NAME)
    return publication if publication and not (staging / publication.database).exists() else None


def draft_record(publication: Publication, staging: Path) -> None:
    """Write a record into the staging folder, atomically."""
    text = json.dumps(asdict(publication), indent=2, default=lambda day: day.isoformat())
    part = staging / f"{RECORD_NAME}.part"
    part.write_text(text + "\n", encoding="utf-8")
    sync(part)
    part.replace(staging / RECORD_NAME)
    sync(staging)


def swap_record_in(folder: Path) -> None:
    """Replace the record in a folder by its draft, atomically."""
    # The files it describes must be on the disk first.
    sync(folder)
    (folder / STAGING_FOLDER / RECORD_NAME).replace(folder / RECORD_NAME)
    sync(folder)


def drop_draft(staging: Path) -> None:
    """Remove the draft of a record whose database will not be published.

    Call this before that database is removed: a draft without a database means that the database is published.
    """
    (staging / RECORD_NAME).unlink(missing_ok=True)


def _read(record: Path) -> Publication | None:
    """Read a record; None if there is none, or if a full disk or a power cut has damaged it."""
    try:
        values = json.loads(record.read_bytes())
        values["as_of"] = date.fromisoformat(values["as_of"])
        values["known_as_of"] = date.fromisoformat(values["known_as_of"]) if values["known_as_of"] else None
        values["published_at"] = datetime.fromisoformat(values["published_at"])
        values["parquet_files"] = {name: ParquetFile(**file) for name, file in values.get("parquet_files", {}).items()}
        # A field of an older Duebook, whose files had another form.
        values.pop("parquet_left_as", None)
        return Publication(**values)
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None


def size_and_time(file: Path) -> str:
    """Return a file's size and modification time as text; they differ after anybody has written to the file."""
    stat = file.stat()
    return f"{stat.st_size}:{stat.st_mtime_ns}"


def unchanged_publication(folder: Path) -> Publication | None:
    """Read the record of the publication in a folder; None if its DuckDB file has changed since it was published.

    A file that somebody has changed, or that comes from a backup, may have any content.
    """
    publication = read_publication(folder)
    file = folder / publication.database if publication else None
    return publication if file and file.exists() and size_and_time(file) == publication.left_as else None

"""The record of a publication, which stands beside it as `publication.json`.

Here: what it says, reading it, replacing it atomically. Not here: making a publication (publish.py).
"""

import json
import os
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

RECORD_NAME = "publication.json"


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


def read_publication(folder: Path) -> Publication | None:
    """Read the record in a folder; None where nothing was published yet."""
    record = folder / RECORD_NAME
    if not record.exists():
        return None
    values = json.loads(record.read_text(encoding="utf-8"))
    values["as_of"] = date.fromisoformat(values["as_of"])
    values["known_as_of"] = date.fromisoformat(values["known_as_of"]) if values["known_as_of"] else None
    values["published_at"] = datetime.fromisoformat(values["published_at"])
    return Publication(**values)


def write_publication(publication: Publication, folder: Path, staging: Path) -> None:
    """Replace the record in `folder` at once; `staging` is a folder on the same file system."""
    text = json.dumps(asdict(publication), indent=2, default=lambda day: day.isoformat())
    draft = staging / RECORD_NAME
    draft.write_text(text + "\n", encoding="utf-8")
    sync(draft)
    draft.replace(folder / RECORD_NAME)
    sync(folder)


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's entries, on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

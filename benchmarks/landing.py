"""The landing of a size: made once by the sample's generator, linked again for each run.

Here: calling the generator, and counting what it made. Not here: the business itself (the room `sample`), the days
after it (days.py).
"""

import json
import os
import shutil
from pathlib import Path

import duckdb

from benchmarks.watching import watch
from benchmarks.workplace import FIRST_DAY, LAST_DAY, PYTHON, Workplace

COMPANIES, SEGMENTS = 4, 6
FORMAT = "parquet"
# Beside the landing, written last: a landing without it was never finished.
MADE = "made.json"


def make_landing(place: Workplace) -> dict[str, int]:
    """Make the landing of this size unless it is there already.

    Returns:
        Rows by table, files' bytes under `bytes`.
    """
    asked = {
        "invoices": place.size,
        "first-day": FIRST_DAY.isoformat(),
        "last-day": LAST_DAY.isoformat(),
        "companies": COMPANIES,
        "segments": SEGMENTS,
        "format": FORMAT,
    }
    note = place.folder / MADE
    if not (note.exists() and json.loads(note.read_text(encoding="utf-8"))["asked"] == asked):
        note.unlink(missing_ok=True)
        shutil.rmtree(place.made_landing, ignore_errors=True)
        options = [part for name, value in asked.items() for part in (f"--{name}", str(value))]
        command = [str(PYTHON), "-m", "sample.generate", "--out", str(place.made_landing), *options]
        place.folder.mkdir(parents=True, exist_ok=True)
        watch([*command, "--scratch", str(place.folder)], place.environment(), place.logs / "generate.log")
        note.write_text(json.dumps({"asked": asked, "rows": count(place.made_landing)}, indent=2), encoding="utf-8")
    return json.loads(note.read_text(encoding="utf-8"))["rows"]


def begin_landing(place: Workplace) -> None:
    """Lay out this run's landing: the made files, linked, so that later days can be added beside them."""
    shutil.rmtree(place.landing, ignore_errors=True)
    shutil.copytree(place.made_landing, place.landing, copy_function=os.link)


def count(landing: Path) -> dict[str, int]:
    """Count rows by table, and the files' bytes (under `bytes`)."""
    with duckdb.connect() as connection:
        rows = {
            folder.name: connection.execute("select count(*) from read_parquet(?)", [f"{folder}/*.parquet"]).fetchone()[
                0
            ]
            for folder in sorted(landing.glob("*/*"))
        }
    return rows | {"bytes": sum(path.stat().st_size for path in landing.rglob("*.parquet"))}

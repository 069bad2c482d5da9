"""A source with more rows than the fixture has: documents that it lacks, in its tables and columns."""

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

Rows = Mapping[str, Sequence[Mapping[str, object]]]


def with_more(source: Path, rows: Rows, same: Mapping[str, Mapping[str, object]], folder: Path) -> Path:
    """A copy of a folder of CSV files with rows added to its tables; returns the copy.

    Args:
        source: the folder.
        rows: by table, rows by column; a table or a column that isn't there is made.
        same: by table, what all of its rows say but where they say otherwise.
        folder: where the copy goes.
    """
    copy = folder / "source"
    shutil.copytree(source, copy)
    for table, added in rows.items():
        file = copy / f"{table}.csv"
        there = []
        if file.exists():
            with file.open(encoding="utf-8", newline="") as read:
                there = list(csv.DictReader(read))
        complete = [{**same.get(table, {}), **row} for row in added]
        names = list(dict.fromkeys(name for row in [*there[:1], *complete] for name in row))
        with file.open("w", encoding="utf-8", newline="") as written:
            writer = csv.DictWriter(written, names)
            writer.writeheader()
            writer.writerows([*there, *complete])
    return copy

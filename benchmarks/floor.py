"""The floor: what reading the landed files once and writing the marts' bytes once would cost.

Here: the two, with DuckDB and plain copying. Not here: any work between the two; that is what the refresh adds.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import duckdb

# What is quick is done again, and the quickest counts.
MOST_REPEATS, ENOUGH_SECONDS = 3, 20


def scan(landing: Path, threads: int) -> int:
    """Read every value of every landed file once; return the rows read.

    A hash over whole rows makes sure that no column is answered from a file's statistics.
    """
    rows = 0
    with duckdb.connect(config={"threads": threads}) as connection:
        for folder in sorted(landing.glob("*/*")):
            [(read, _)] = connection.execute(
                "select count(*), bit_xor(hash(landed)) from read_parquet(?, union_by_name = true) as landed",
                [f"{folder}/*.parquet"],
            ).fetchall()
            rows += read
    return rows


def write(published: Path, scratch: Path) -> int:
    """Write as many bytes as the publication has (its DuckDB file and its Parquet files) and wait for the disk."""
    files = [published / "duebook.duckdb", *sorted((published / "parquet").resolve().rglob("*.parquet"))]
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        for number, path in enumerate(files):
            copy = Path(folder) / str(number)
            shutil.copyfile(path, copy)
            with copy.open("rb+") as written:
                os.fsync(written.fileno())
    return sum(path.stat().st_size for path in files)


def main() -> None:
    """Measure both and print them as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description=__doc__.split("\n")[0])
    parser.add_argument("--landing", type=Path, required=True)
    parser.add_argument("--published", type=Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    asked = parser.parse_args()
    scans = []
    while len(scans) < MOST_REPEATS and sum(scans) < ENOUGH_SECONDS:
        began = time.monotonic()
        rows = scan(asked.landing, asked.threads)
        scans.append(time.monotonic() - began)
    began = time.monotonic()
    written = write(asked.published, asked.published.parent)
    took = {"scan_seconds": round(min(scans), 3), "write_seconds": round(time.monotonic() - began, 3)}
    print(json.dumps(took | {"rows": rows, "bytes": written}))


if __name__ == "__main__":
    main()

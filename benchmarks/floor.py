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
    files = [published / "duebook.duckdb", *sorted((published / "parquet").glob("*.parquet"))]
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        for path in files:
            copy = Path(folder) / path.name
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
    began = time.monotonic()
    rows = scan(asked.landing, asked.threads)
    scanned = time.monotonic()
    written = write(asked.published, asked.published.parent)
    ended = time.monotonic()
    print(
        json.dumps(
            {
                "scan_seconds": round(scanned - began, 3),
                "rows": rows,
                "write_seconds": round(ended - scanned, 3),
                "bytes": written,
            }
        )
    )


if __name__ == "__main__":
    main()

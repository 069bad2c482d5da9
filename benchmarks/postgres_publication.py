"""How long publishing to Postgres takes: `python -m benchmarks.postgres_publication --help`.

Here: a publication of any size, made by repeating one that is there with new keys, and the time its loading takes. Not
here: the publication itself (duebook/publication), a limit that fails: machines differ.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

import duckdb

from duebook.publication.keys import tested_keys
from duebook.publication.postgres.publish import publish_to_postgres
from duebook.publication.record import read_publication
from duebook.settings import MARTS_SCHEMA, PERSONAL_SCHEMA, Settings
from duebook.sql_text import attach, identifier
from duebook.warehouse.manifest import read_manifest

Keys = dict[str, tuple[str, ...]]


def main() -> None:
    """Make the publication, publish it, say how long each took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.postgres_publication", description=__doc__)
    parser.add_argument("home", type=Path, help="home with a publication to repeat, such as the sample's")
    parser.add_argument("--rows", type=int, default=5_000_000, help="rows over all marts (default: five million)")
    parser.add_argument("--only", help="repeat only this mart, and publish nothing else")
    arguments = parser.parse_args()
    source = Settings(home=arguments.home)
    keys = tested_keys(read_manifest())
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        rows = repeat(source, settings, keys, arguments.rows, arguments.only)
        size = settings.published_file.stat().st_size / 1e6
        print(f"{rows:,} rows, {size:,.0f} MB as DuckDB, {os.cpu_count()} cores")
        began, used = time.monotonic(), processor_seconds()
        done = publish_to_postgres(settings, read_publication(source.published_dir), keys, print)
        took, used = time.monotonic() - began, processor_seconds() - used
        print(f"{sum(done.row_counts.values()):,} rows in {took:.1f} s; {used:.1f} s of this process's processor time")


def repeat(source: Settings, target: Settings, keys: Keys, rows: int, only: str | None) -> int:
    """Write a publication with about so many rows; marts whose key holds no text are taken once.

    Returns:
        The number of rows.
    """
    target.published_dir.mkdir(parents=True)
    target.warehouse_file.parent.mkdir(parents=True)
    with duckdb.connect(target.warehouse_file) as warehouse:
        warehouse.execute(f"create schema {PERSONAL_SCHEMA}")
    with duckdb.connect(target.published_file) as publication:
        publication.execute(attach(source.published_file, "source"))
        publication.execute(f"create schema {MARTS_SCHEMA}")
        counts = dict(
            publication.execute(
                "select table_name, estimated_size from duckdb_tables() where database_name = 'source'"
            ).fetchall()
        )
        counts = {mart: count for mart, count in counts.items() if only in (None, mart)}
        times = rows // sum(counts.values()) + 1
        for mart in counts:
            types = dict(
                publication.execute(
                    "select column_name, data_type from duckdb_columns()"
                    " where database_name = 'source' and table_name = ?",
                    [mart],
                ).fetchall()
            )
            text = [column for column in keys.get(mart, ()) if types[column] == "VARCHAR"]
            changed = f" replace ({text[0]} || '-' || n as {text[0]})" if text else ""
            copies = times if text else 1
            # In the order of the key, as published.
            order = ", ".join(map(identifier, keys.get(mart, ()))) or "all"
            publication.execute(
                f"create table {MARTS_SCHEMA}.{mart} as select * exclude n{changed}"
                f" from source.{MARTS_SCHEMA}.{mart}, range({copies}) as numbers (n) order by {order}"
            )
        [(total,)] = publication.execute(
            "select sum(estimated_size) from duckdb_tables() where database_name <> 'source'"
        ).fetchall()
    return total


def processor_seconds() -> float:
    """Processor time of this process so far, in seconds; the server's is its own."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

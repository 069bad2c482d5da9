"""Duebook's own models from landed rows to ledger and daily aging, run as plain SQL.

Here: what the outside yardsticks are held against: the same work, without dbt, checks and marts. Not here: the models
(the dbt project), their compiling (models.py).
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.aging import DAYS, DUEBOOK, age, lay_spine
from benchmarks.models import LEDGER, build, leading_to, read_models
from benchmarks.workplace import landed_of, warehouse_of
from duebook.settings import MARTS_DATABASE, marts_file_of
from duebook.sql_text import attach, literal


def main() -> None:
    """Build the ledger and the aging in a new file and print as JSON how long it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duebook_ledger", description=__doc__.split("\n")[0])
    parser.add_argument("--home", type=Path, required=True, help="whose landed rows are read")
    parser.add_argument("--compiled", type=Path, required=True)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--out", type=Path, required=True, help="a new file named duebook.duckdb")
    parser.add_argument("--threads", type=int, required=True)
    asked = parser.parse_args()
    models = read_models(asked.compiled)
    with duckdb.connect(asked.out, config={"threads": asked.threads}) as connection:
        for name, file in {"landed": landed_of(asked.home), "built": warehouse_of(asked.home)}.items():
            connection.execute(attach(file, name))
        connection.execute(f"attach {literal(marts_file_of(asked.out))} as {MARTS_DATABASE}")
        connection.execute("create schema reference")
        for seed in ("aging_buckets", "ledger_event_types"):
            connection.execute(f"create view reference.{seed} as from built.reference.{seed}")
        began, began_cpu = time.monotonic(), time.process_time()
        build(connection, leading_to(models, LEDGER))
        ledger_done = time.monotonic()
        lay_spine(connection, DAYS, asked.as_of)
        age(connection, DUEBOOK, DAYS, models, asked.as_of)
        ended = time.monotonic()
        took_cpu = time.process_time() - began_cpu
    print(
        json.dumps(
            {
                "seconds": round(ended - began, 3),
                "cpu_seconds": round(took_cpu, 3),
                "ledger_seconds": round(ledger_done - began, 3),
                "aging_seconds": round(ended - ledger_done, 3),
            }
        )
    )


if __name__ == "__main__":
    main()

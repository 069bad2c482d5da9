"""A reader in its own process: opens the publication again and again until its input ends, then says what it saw.

Run as a program with the published file as its argument. Prints a JSON object: `reads`, and `seen`, the distinct
states (portfolio rows and sums over several marts, taken one after the other in one connection).
"""

import json
import os
import sys
import threading

import duckdb

STATE = (
    "select count(*), max(month_end), round(sum(value), 6) from marts.scorecard_monthly",
    "select count(*), sum(amount) from marts.fct_receivables_ledger",
    "select count(*), sum(open_balance) from marts.fct_invoices",
    "select max(month_end), sum(receivables) from marts.dso_monthly",
)


def state(published_file: str) -> str:
    """Read one state of the publication."""
    with duckdb.connect(published_file, read_only=True) as published:
        return json.dumps([published.execute(query).fetchone() for query in STATE], default=str)


def main() -> None:
    """Read until the input ends."""
    os.nice(19)  # the refresh it watches needs the processor more
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    seen, reads = set(), 0
    print("reading", flush=True)
    while not ended.is_set():
        seen.add(state(sys.argv[1]))
        reads += 1
    print(json.dumps({"reads": reads, "seen": sorted(seen)}), flush=True)


if __name__ == "__main__":
    main()

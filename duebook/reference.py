"""Codes that reference seeds list (seeds/reference), for what has to know them before dbt runs.

Here: one column of a seed. Not here: what the other columns mean (the dbt project reads the seeds themselves).
"""

import csv
from functools import cache

from duebook.settings import REFERENCE_SEEDS_DIR


@cache
def codes(seed: str, column: str) -> frozenset[str]:
    """Read the values of a seed's column.

    Args:
        seed: the file's name without its ending.
        column: its column.
    """
    with (REFERENCE_SEEDS_DIR / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row[column] for row in csv.DictReader(file))

"""The sample's rows as they stand in the raw tables once they are loaded. Not here: what is built of them."""

from pathlib import Path
from typing import Any

import duckdb

from duebook.contract import read_contract
from duebook.landing.loading import load_landing
from duebook.landing.registry import raw_tables
from duebook.settings import RAW_SCHEMA, SAMPLE_AS_OF, SAMPLE_LANDING, Settings


def loaded_sample(home: Path) -> dict[str, list[dict[str, Any]]]:
    """Load the sample into a home, and return its rows by table."""
    settings = Settings(landing=SAMPLE_LANDING, home=home, as_of=SAMPLE_AS_OF)
    load_landing(settings, lambda line: None)
    rows: dict[str, list[dict[str, Any]]] = {}
    with duckdb.connect(settings.landed_file, read_only=True) as landed:
        for table in raw_tables(read_contract()):
            found = landed.execute(f"select * from {RAW_SCHEMA}.{table.name}")
            names = [column[0] for column in found.description]
            rows[table.name] = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return rows

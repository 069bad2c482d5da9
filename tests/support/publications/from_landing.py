"""Marts made of what a home has loaded, without a refresh: the models' own SQL, in memory, and published as a file.

Here: seconds instead of a minute. Not here: gates, Parquet files, dashboard.
"""

from collections.abc import Iterable
from datetime import date, datetime

import duckdb

from duebook.contract import read_contract
from duebook.landing.registry import raw_tables
from duebook.publication.record import STAGING_FOLDER, Publication, draft_record, swap_record_in
from duebook.settings import MARTS_SCHEMA, RAW_SCHEMA, Settings
from duebook.sql_text import attach
from tests.support.compiled_models import compiled_models
from tests.support.landing.files import records


def marts_of(settings: Settings, marts: Iterable[str]) -> duckdb.DuckDBPyConnection:
    """Build some marts of all that a home has loaded, in memory."""
    with duckdb.connect(settings.landed_file, read_only=True) as landed:
        rows = {
            table.name: records(landed, f"select * from {RAW_SCHEMA}.{table.name}")
            for table in raw_tables(read_contract())
        }
    return compiled_models(settings.as_of).of(marts).build(rows)


def publish(settings: Settings, *marts: str, at: datetime, refresh_id: str = "r") -> None:
    """Publish some marts of all that a home has loaded, as at a moment, in the place of those before."""
    settings.published_dir.mkdir(parents=True, exist_ok=True)
    settings.published_file.unlink(missing_ok=True)
    with marts_of(settings, marts) as built:
        built.execute(attach(settings.published_file, "published").replace(" (read_only)", ""))
        built.execute(f"create schema published.{MARTS_SCHEMA}")
        for mart in marts:
            built.execute(f"create table published.{MARTS_SCHEMA}.{mart} as select * from {MARTS_SCHEMA}.{mart}")
    file = settings.published_file.name
    record = Publication(settings.as_of, None, "EUR", refresh_id, at, "0", file, "parquet", {})
    staging = settings.published_dir / STAGING_FOLDER
    staging.mkdir(exist_ok=True)
    draft_record(record, staging)
    swap_record_in(settings.published_dir)


def day_of_load(settings: Settings) -> date:
    """The day of the first load of a home."""
    with duckdb.connect(settings.landed_file, read_only=True) as landed:
        [(day,)] = landed.execute(f"select min(loaded_at)::date from {RAW_SCHEMA}.loaded_files").fetchall()
    return day

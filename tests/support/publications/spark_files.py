"""A home whose marts Spark would have built: its Parquet files, written by DuckDB, handed over and published.

Here: one large mart and a small one, every row of which names the refresh. Not here: what must come of it; Spark.
"""

import shutil
from datetime import date, datetime

import duckdb

from duebook.engines.in_spark import InSpark
from duebook.engines.spark import WAREHOUSE
from duebook.publication.publish import SiteWriter, publish
from duebook.publication.record import Publication
from duebook.publication.targets import targets_of
from duebook.refresh_log import Refresh
from duebook.settings import MARTS_SCHEMA, Settings
from duebook.sql_text import literal
from tests.support.built_home import no_views

LARGE, SMALL = "fct_receivables_ledger", "dso_monthly"
MONTHS = {LARGE: "effective_date"}
TYPES = {
    "effective_date": "date",
    "refresh_id": "string",
    "currency_code": "string",
    "amount": "decimal(18, 4)",
    "recorded_at": "timestamp",
}
# The rows of the last one are of the refresh alone.
DAYS = (date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 15))


def models() -> list[dict]:
    """Both marts, as dbt's manifest describes them."""
    return [
        {
            "schema": MARTS_SCHEMA,
            "name": mart,
            "description": f"The {mart}",
            "config": {"meta": {"parquet_by_month": MONTHS[mart]} if mart in MONTHS else {}},
            "columns": {
                name: {"name": name, "data_type": kind, "description": f"Its {name}"} for name, kind in TYPES.items()
            },
        }
        for mart in (LARGE, SMALL)
    ]


def hand_over(settings: Settings, refresh_id: str) -> None:
    """Leave what a build of Spark leaves, and have it handed over; rows of earlier months are always the same."""
    folder = settings.home / "spark"
    shutil.rmtree(folder / WAREHOUSE, ignore_errors=True)
    for mart in (LARGE, SMALL):
        files = folder / WAREHOUSE / f"{MARTS_SCHEMA}.db" / mart
        files.mkdir(parents=True)
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            for place, day in enumerate(DAYS):
                said = refresh_id if day == DAYS[-1] else "r0"
                # Of moments, Spark says that they are UTC.
                connection.execute(
                    f"copy (select date '{day}' as effective_date, '{said}' as refresh_id, 'EUR' as currency_code,"
                    f" cast(n as decimal(18, 4)) as amount, timestamptz '{day} 23:30:00+00' as recorded_at"
                    f" from range(10) as t (n)) to {literal(files / f'part-{place}.parquet')} (format parquet)"
                )
    [target] = targets_of(settings, [settings.as_of])
    InSpark(settings, target).hand_over(models(), no_views)


def publish_of_spark(settings: Settings, refresh_id: str, write_site: SiteWriter | None = None) -> Publication:
    """Hand over, and publish it."""
    hand_over(settings, refresh_id)
    [target] = targets_of(settings, [settings.as_of])
    refresh = Refresh(refresh_id, settings.as_of, None, datetime(2024, 3, 16, 6))
    return publish(settings, target, refresh, write_site, MONTHS)

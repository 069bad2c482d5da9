"""A publication of a thousand parcels, and what is done to it between two publications.

Here: publishing, reading the rows in their order, writing where nobody should. Not here: what must come of it.
"""

import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from orchestration.defs.publication.publish import publish
from orchestration.defs.publication.targets import Target, targets_of
from orchestration.settings import Settings
from tests.integration.publishing import DAY, new_home, read, refresh_of

KEYS = {"fct_parcels": ("n",), "dim_depots": ("depot",)}
PARCELS = "select n, 'P' || n as label, cast(n as decimal(18, 4)) as weight from range(1000) t(n)"
ALL = list(range(1000))


def published_parcels(tmp_path: Path) -> Settings:
    """A home that has published a thousand parcels, and two depots."""
    settings = new_home(tmp_path)
    publish_after(
        settings,
        "create schema marts",
        f"create table marts.fct_parcels as {PARCELS} order by hash(n)",
        "create table marts.dim_depots as from (values ('B'), ('A')) depots(depot)",
    )
    return settings


def publish_after(settings: Settings, *statements: str, **more: object) -> Target:
    """Run statements on the warehouse, then publish it."""
    [target] = targets_of(settings, [more.pop("day", DAY)])
    target.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(target.warehouse_file) as warehouse:
        for statement in statements:
            warehouse.execute(statement)
    publish(settings, target, refresh_of(target.day, "r1"), **{"keys": KEYS, **more})
    return target


def in_order(settings: Settings, mart: str = "fct_parcels", column: str = "n") -> list:
    """The values of a column in the order of its published rows, which is the same in both files."""
    rows = [value for (value,) in read(settings.published_file, f"select {column} from marts.{mart}")]
    assert pq.read_table(parquet(settings, mart))[column].to_pylist() == rows
    return rows


def parquet(settings: Settings, mart: str = "fct_parcels") -> Path:
    return (settings.published_dir / "parquet").resolve() / f"{mart}.parquet"


def record_of(settings: Settings) -> Path:
    return settings.published_dir / "publication.json"


def change_record(settings: Settings, **values: object) -> None:
    record = json.loads(record_of(settings).read_text())
    record_of(settings).write_text(json.dumps({**record, **values}))


def change_published(settings: Settings, statement: str, *, unnoticed: bool = False) -> None:
    """Write in the published file, as nobody should."""
    with duckdb.connect(settings.published_file) as published:
        published.execute(statement)
    if unnoticed:
        file = settings.published_file.stat()
        change_record(settings, left_as=f"{file.st_size}:{file.st_mtime_ns}")

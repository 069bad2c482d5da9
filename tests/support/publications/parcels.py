"""A publication of a thousand parcels, and what is done to it between two publications.

Here: publishing, reading the rows in their order, writing where nobody should. Not here: what must come of it.
"""

import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from duebook.publication.publish import publish
from duebook.publication.targets import Target, targets_of
from duebook.settings import Settings
from tests.support.publications.to_files import DAY, new_home, read, refresh_of

MARTS = ("dim_depots", "fct_parcels", "fct_scans")
MONTHS = {"fct_scans": "scanned_on"}
PARCELS = "select n, 'P' || n as label, cast(n as decimal(18, 4)) as weight from range(1000) t(n)"
# Of January, February and March.
SCANS = "select n, cast(date '2024-01-01' + cast(n as integer) as date) as scanned_on from range(90) t(n)"
ALL = list(range(1000))


def published_parcels(tmp_path: Path) -> Settings:
    """A home that has published a thousand parcels, two depots, and scans of three months."""
    settings = new_home(tmp_path)
    publish_after(
        settings,
        "create schema marts",
        f"create table marts.fct_parcels as {PARCELS}",
        "create table marts.dim_depots as from (values ('A'), ('B')) depots(depot)",
        f"create table marts.fct_scans as {SCANS}",
    )
    return settings


def publish_after(settings: Settings, *statements: str, **more: object) -> Target:
    """Run statements on the marts, then publish them."""
    [target] = targets_of(settings, [more.pop("day", DAY)])
    target.marts_file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(target.marts_file) as marts:
        for statement in statements:
            marts.execute(statement)
    publish(settings, target, refresh_of(target.day, "r1"), **{"months": MONTHS, **more})
    return target


def in_order(settings: Settings, mart: str = "fct_parcels", column: str = "n") -> list:
    """The values of a column in the order of its published rows, which is the same in both files."""
    rows = [value for (value,) in read(settings.published_file, f"select {column} from marts.{mart}")]
    assert pq.read_table(parquet(settings, mart))[column].to_pylist() == rows
    return rows


def parquet(settings: Settings, mart: str = "fct_parcels") -> Path:
    """The file of a mart that is kept in one."""
    return (settings.published_dir / "parquet").resolve() / f"{mart}.parquet"


def months(settings: Settings, mart: str = "fct_scans") -> dict[str, Path]:
    """The files of a mart that is kept by month."""
    folder = (settings.published_dir / "parquet").resolve() / mart
    return {file.stem: file for file in sorted(folder.iterdir())}


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

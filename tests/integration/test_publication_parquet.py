"""The marts as Parquet: files of which nothing differs are kept, months of large marts one by one, all else is written.

Here too: what makes the DuckDB file a copy as it should be. Not here: a publication somebody or the disk has changed
(test_publication_damaged.py).
"""

import json
import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from duebook.settings import Settings
from duebook.sql_text import literal
from tests.support.publications.parcels import (
    ALL,
    PARCELS,
    SCANS,
    in_order,
    months,
    parquet,
    publish_after,
    published_parcels,
    record_of,
)
from tests.support.publications.to_files import EARLIER, leftovers, read, what_cannot_be_stored

pytestmark = pytest.mark.long


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return published_parcels(tmp_path)


def test_a_mart_of_which_nothing_differs_keeps_its_parquet_file(settings: Settings) -> None:
    parcels, depots = parquet(settings), parquet(settings, "dim_depots")
    publish_after(settings, "update marts.fct_parcels set label = 'another' where n = 7")
    assert parquet(settings, "dim_depots") != depots
    assert parquet(settings, "dim_depots").samefile(depots)
    assert not parquet(settings).samefile(parcels)
    assert pq.read_table(parcels)["label"].to_pylist()[7] == "P7"


def test_the_same_rows_in_another_order_keep_the_file(settings: Settings) -> None:
    before = parquet(settings)
    publish_after(settings, "create or replace table marts.fct_parcels as from marts.fct_parcels order by hash(n)")
    assert parquet(settings).samefile(before)


@pytest.mark.parametrize(
    "statement",
    [
        "update marts.fct_parcels set label = 'other' where n = 7",
        "update marts.fct_parcels set label = null where n = 7",
        "update marts.fct_parcels set weight = weight + 0.0001 where n = 7",
        "delete from marts.fct_parcels where n = 7",
        "insert into marts.fct_parcels from marts.fct_parcels where n = 7",
        "insert into marts.fct_parcels from marts.fct_parcels where n in (7, 7) union all"
        " from marts.fct_parcels where n = 7",
        "update marts.fct_parcels set label = case n when 7 then 'P8' else 'P7' end where n in (7, 8)",
        "delete from marts.fct_parcels",
        "alter table marts.fct_parcels alter n type integer",
        "alter table marts.fct_parcels rename label to name",
        "alter table marts.fct_parcels drop label",
        "alter table marts.fct_parcels add sent date",
        "create or replace table marts.fct_parcels as select n, weight, label from marts.fct_parcels",
    ],
)
def test_any_difference_is_written(settings: Settings, statement: str) -> None:
    before = parquet(settings)
    target = publish_after(settings, statement)
    assert not parquet(settings).samefile(before)
    file = literal(parquet(settings))
    assert read(settings.published_file, f"from {file}") == read(target.marts_file, "from marts.fct_parcels")
    described = "select column_name, column_type from (describe {})"
    assert read(settings.published_file, described.format(f"from {file}")) == read(
        target.marts_file, described.format("marts.fct_parcels")
    )


def test_a_large_mart_is_a_folder_with_a_file_a_month(settings: Settings) -> None:
    assert list(months(settings)) == ["2024-01", "2024-02", "2024-03"]
    for month, file in months(settings).items():
        assert {f"{day:%Y-%m}" for day in pq.read_table(file)["scanned_on"].to_pylist()} == {month}
    every = literal(settings.published_dir / "parquet" / "fct_scans" / "*.parquet")
    assert sorted(duckdb.sql(f"from {every}").fetchall()) == sorted(duckdb.sql(SCANS).fetchall())


def test_a_day_writes_its_month_and_no_other(settings: Settings) -> None:
    before = months(settings)
    publish_after(settings, "insert into marts.fct_scans values (90, '2024-03-31')")
    after = months(settings)
    assert [month for month, file in after.items() if file.samefile(before[month])] == ["2024-01", "2024-02"]
    publish_after(settings, "insert into marts.fct_scans values (91, '2024-04-01')")
    assert [month for month, file in months(settings).items() if month in after and file.samefile(after[month])] == [
        *after
    ]
    assert pq.read_table(months(settings)["2024-04"]).to_pylist()[0]["n"] == 91


def test_a_month_goes_with_its_last_row_and_rows_without_a_date_have_a_file(settings: Settings) -> None:
    publish_after(
        settings,
        "delete from marts.fct_scans where month(scanned_on) = 1",
        "update marts.fct_scans set scanned_on = null where month(scanned_on) = 2",
    )
    assert list(months(settings)) == ["2024-03", "no_month"]
    publish_after(settings, "delete from marts.fct_scans")
    assert [pq.read_table(file).num_rows for file in months(settings).values()] == [0]
    assert pq.read_schema(months(settings)["no_month"]).names == ["n", "scanned_on"]


def test_marts_come_and_go(settings: Settings) -> None:
    publish_after(
        settings,
        "drop table marts.dim_depots",
        "drop table marts.fct_scans",
        "create table marts.dim_routes as select 1 as route",
    )
    found = read(settings.published_file, "select table_schema, table_name from information_schema.tables order by all")
    assert found == [("marts", "dim_routes"), ("marts", "fct_parcels")]
    assert {file.stem for file in parquet(settings).parent.iterdir()} == {"dim_routes", "fct_parcels"}
    assert in_order(settings, "dim_routes", "route") == [1]


def test_a_mart_becomes_empty_and_is_filled_again(settings: Settings) -> None:
    publish_after(settings, "delete from marts.fct_parcels")
    assert in_order(settings) == []
    publish_after(settings)
    assert in_order(settings) == []
    publish_after(settings, f"insert into marts.fct_parcels {PARCELS}")
    assert in_order(settings) == ALL


def test_equal_rows_are_counted(settings: Settings) -> None:
    for labels in (["a", "a", "b"], ["a", "b", "b"]):
        rows = ", ".join(f"('{label}')" for label in labels)
        publish_after(settings, f"create or replace table marts.notes as from (values {rows}) notes(label)")
        assert in_order(settings, "notes", "label") == labels


def test_a_full_refresh_writes_every_file(settings: Settings) -> None:
    depots, january = parquet(settings, "dim_depots"), months(settings)["2024-01"]
    publish_after(settings.model_copy(update={"full": True}))
    assert not parquet(settings, "dim_depots").samefile(depots)
    assert not months(settings)["2024-01"].samefile(january)


def test_the_file_that_readers_hold_is_not_written_in(settings: Settings, tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.hardlink_to(settings.published_file)
    before = held.read_bytes()
    publish_after(settings, "update marts.fct_parcels set label = 'other' where n = 7")
    assert held.read_bytes() == before
    assert not held.samefile(settings.published_file)


@pytest.mark.parametrize(("used", "is_tight"), [(600_000, False), (360_000, True)])
def test_what_is_idle_in_a_file_is_left_out_where_it_is_more_than_a_third(
    settings: Settings, used: int, is_tight: bool
) -> None:
    letters = "create table marts.{} as select n, md5(n::varchar) as label from range({}) t(n)"
    comment = "comment on column marts.fct_letters.label is 'What stands on it'"
    publish_after(settings, letters.format("fct_bills", 260_000), letters.format("fct_letters", used), comment)
    target = publish_after(settings, "drop table marts.fct_bills")
    assert (settings.published_file.stat().st_size < target.marts_file.stat().st_size * 2 / 3) is is_tight
    for query in ("from marts.fct_letters", "select comment from duckdb_columns() where comment is not null"):
        assert read(settings.published_file, query) == read(target.marts_file, query)


def test_what_dbt_had_still_to_write_into_the_file_is_published(settings: Settings) -> None:
    publish_after(
        settings,
        "pragma disable_checkpoint_on_shutdown",
        "update marts.fct_parcels set label = 'other' where n = 7",
    )
    log = settings.warehouse_file.with_name("to_publish.duckdb.wal")
    assert log.stat().st_size
    assert in_order(settings, column="label")[7] == "other"
    assert not settings.published_file.with_name("duebook.duckdb.wal").exists()


def refuse(*_: object) -> None:
    raise OSError("a file has one name here")


@pytest.mark.parametrize("hindrance", ["links", "gone"])
def test_parquet_is_whole_where_a_file_can_not_be_kept(
    settings: Settings, hindrance: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = parquet(settings).read_bytes()
    if hindrance == "links":
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    else:
        shutil.rmtree(parquet(settings).parent)
    publish_after(settings)
    assert parquet(settings).read_bytes() == before
    assert parquet(settings).stat().st_nlink == 1


def test_comments_are_the_marts(settings: Settings) -> None:
    query = (
        "select comment from duckdb_tables() where table_name = 'dim_depots' union all"
        " select comment from duckdb_columns() where table_name = 'dim_depots'"
    )
    for comment in ("'It''s where parcels wait'", "'Another'", "null"):
        target = publish_after(
            settings,
            f"comment on table marts.dim_depots is {comment}",
            f"comment on column marts.dim_depots.depot is {comment}",
        )
        assert read(settings.published_file, query) == read(target.marts_file, query)


def test_a_failure_half_way_leaves_the_publication_and_the_parquet_files_it_shares(settings: Settings) -> None:
    database, depots = settings.published_file.read_bytes(), parquet(settings, "dim_depots").read_bytes()
    with pytest.raises(duckdb.ConversionException):
        publish_after(
            settings,
            "update marts.fct_parcels set label = 'other' where n = 7",
            *what_cannot_be_stored(settings, "label", "fct_parcels"),
        )
    assert settings.published_file.read_bytes() == database
    assert parquet(settings, "dim_depots").read_bytes() == depots
    assert leftovers(settings) == []


def test_the_record_counts_the_rows_and_knows_every_file(settings: Settings) -> None:
    record = json.loads(record_of(settings).read_text())
    assert record["row_counts"] == {"dim_depots": 2, "fct_parcels": 1000, "fct_scans": 90}
    assert sorted(record["parquet_files"]) == ["dim_depots.parquet", "fct_parcels.parquet",
        "fct_scans/2024-01.parquet", "fct_scans/2024-02.parquet", "fct_scans/2024-03.parquet"]  # fmt: skip


def test_a_past_day_is_published_again_in_its_own_folder(settings: Settings) -> None:
    current = settings.published_file.read_bytes()
    folder = settings.past_published_dir(EARLIER)
    for label in ("first", "second"):
        past = publish_after(
            settings,
            "create schema marts",
            f"create table marts.fct_parcels as {PARCELS}",
            f"update marts.fct_parcels set label = '{label}' where n = 7",
            day=EARLIER,
        )
    assert past.published_dir == folder
    assert read(past.published_file, "select n, label from marts.fct_parcels")[7] == (7, "second")
    assert settings.published_file.read_bytes() == current

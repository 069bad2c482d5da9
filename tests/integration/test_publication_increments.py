"""Publishing over a publication: what differs is replaced, the rest stays, and where that isn't safe all is written.

Not here: a publication somebody or the disk has changed (test_publication_damaged.py).
"""

import json
import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.defs.publication.difference import ROWS_AT_ONCE
from orchestration.settings import Settings
from tests.integration.parcels import ALL, KEYS, PARCELS, in_order, parquet, publish_after, published_parcels, record_of
from tests.integration.publishing import EARLIER, leftovers, read


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return published_parcels(tmp_path)


# All thousand compared at once, and in four parts.
@pytest.mark.parametrize("rows_at_once", [ROWS_AT_ONCE, 300])
def test_a_row_that_is_other_new_or_gone_is_replaced_and_no_other_row_moves(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    monkeypatch.setattr("orchestration.defs.publication.difference.ROWS_AT_ONCE", rows_at_once)
    publish_after(
        settings,
        "update marts.fct_parcels set label = 'another' where n in (7, 3)",
        "delete from marts.fct_parcels where n = 5",
        "insert into marts.fct_parcels values (-1, 'new', 0)",
    )
    assert in_order(settings) == [n for n in ALL if n not in (3, 5, 7)] + [-1, 3, 7]
    assert in_order(settings, column="label")[-3:] == ["new", "another", "another"]
    assert json.loads(record_of(settings).read_text())["row_counts"] == {"dim_depots": 2, "fct_parcels": 1000}


def test_a_mart_of_which_nothing_differs_keeps_its_parquet_file(settings: Settings) -> None:
    parcels, depots = parquet(settings), parquet(settings, "dim_depots")
    publish_after(settings, "update marts.fct_parcels set label = 'another' where n = 7")
    assert parquet(settings, "dim_depots") != depots
    assert parquet(settings, "dim_depots").samefile(depots)
    assert not parquet(settings).samefile(parcels)
    assert pq.read_table(parcels)["label"].to_pylist()[7] == "P7"


def test_the_same_marts_over_a_publication_give_the_same_bytes(settings: Settings) -> None:
    publish_after(settings, "update marts.fct_parcels set label = 'another' where n % 100 = 0")
    rows, file = read(settings.published_file, "from marts.fct_parcels"), parquet(settings).read_bytes()
    publish_after(settings, "create or replace table marts.fct_parcels as from marts.fct_parcels order by hash(n)")
    assert read(settings.published_file, "from marts.fct_parcels") == rows
    assert parquet(settings).read_bytes() == file


@pytest.mark.parametrize(
    ("statements", "is_anew"),
    [
        (["update marts.fct_parcels set label = 'other' where n < 100"], False),
        (["update marts.fct_parcels set label = 'other' where n < 101"], True),
        (["insert into marts.fct_parcels select -n, '', 0 from range(1, 112) t(n)"], False),
        (["insert into marts.fct_parcels select -n, '', 0 from range(1, 113) t(n)"], True),
        (
            ["update marts.fct_parcels set weight = 1 where n = 0", "delete from marts.fct_parcels where n >= 910"],
            False,
        ),
        (["update marts.fct_parcels set weight = 1 where n = 0", "delete from marts.fct_parcels where n >= 909"], True),
    ],
    ids=["a tenth changed", "more changed", "a tenth new", "more new", "a tenth gone", "more gone"],
)
def test_a_mart_of_which_more_than_a_tenth_differs_is_written_anew(
    settings: Settings, statements: list[str], is_anew: bool
) -> None:
    publish_after(settings, *statements)
    rows = in_order(settings)
    assert (rows == sorted(rows)) is is_anew


@pytest.mark.parametrize(
    ("columns", "types"),
    [
        ("cast(n as integer) as n, label, weight", ["INTEGER", "VARCHAR", "DECIMAL(18,4)"]),
        ("n, label as name, weight", ["BIGINT", "VARCHAR", "DECIMAL(18,4)"]),
        ("n, weight, label", ["BIGINT", "DECIMAL(18,4)", "VARCHAR"]),
        ("n, label", ["BIGINT", "VARCHAR"]),
        ("n, label, weight, null::date as sent", ["BIGINT", "VARCHAR", "DECIMAL(18,4)", "DATE"]),
    ],
    ids=["type", "name", "order", "one less", "one more"],
)
def test_a_mart_with_other_columns_is_written_anew(settings: Settings, columns: str, types: list[str]) -> None:
    target = publish_after(settings, f"create or replace table marts.fct_parcels as select {columns} from ({PARCELS})")
    published = read(settings.published_file, "describe marts.fct_parcels")
    assert published == read(target.warehouse_file, "describe marts.fct_parcels")
    assert [data_type for _, data_type, *_ in published] == types
    assert in_order(settings) == ALL
    assert pq.read_schema(parquet(settings)).names == [name for name, *_ in published]


def test_marts_come_and_go(settings: Settings) -> None:
    publish_after(settings, "drop table marts.dim_depots", "create table marts.dim_routes as select 1 as route")
    found = read(settings.published_file, "select table_schema, table_name from information_schema.tables order by all")
    assert found == [("marts", "dim_routes"), ("marts", "fct_parcels")]
    assert {file.stem for file in parquet(settings).parent.iterdir()} == {"dim_routes", "fct_parcels"}
    assert in_order(settings, "dim_routes", "route") == [1]


def test_a_mart_becomes_empty_and_is_filled_again(settings: Settings) -> None:
    publish_after(settings, "delete from marts.fct_parcels")
    assert in_order(settings) == []
    publish_after(settings)
    assert in_order(settings) == []
    publish_after(settings, f"insert into marts.fct_parcels {PARCELS} order by hash(n)")
    assert in_order(settings) == ALL


def test_a_view_is_compared_as_what_it_shows(settings: Settings) -> None:
    publish_after(
        settings,
        "create schema rooms",
        f"create table rooms.parcels as {PARCELS}",
        "drop table marts.fct_parcels",
        "create view marts.fct_parcels as select n, label, weight from duebook.rooms.parcels",
        "update rooms.parcels set weight = 0 where n = 7",
    )
    assert in_order(settings) == [n for n in ALL if n != 7] + [7]


def test_equal_rows_of_a_mart_without_key_are_counted(settings: Settings) -> None:
    for labels in (["a", "a", "b"], ["a", "b", "b"]):
        rows = ", ".join(f"('{label}')" for label in labels)
        publish_after(settings, f"create or replace table marts.notes as from (values {rows}) notes(label)")
        assert in_order(settings, "notes", "label") == labels


def test_a_null_is_another_value_than_any(settings: Settings) -> None:
    values = ["null, 1", "1, null", "null, null", "0, 0", "0, null"]
    keys = {**KEYS, "pairs": ("n",)}
    columns = "n bigint, a integer, b integer"
    publish_after(
        settings,
        f"create table marts.pairs ({columns})",
        "insert into marts.pairs select n, 7, 7 from range(100) t(n)",
        keys=keys,
    )
    for pair in values:
        publish_after(
            settings,
            "delete from marts.pairs where n = 50",
            f"insert into marts.pairs values (50, {pair})",
            keys=keys,
        )
        assert in_order(settings, "pairs")[-1] == 50
        assert read(settings.published_file, f"select (a, b) is not distinct from ({pair}) from marts.pairs"
                    " where n = 50") == [(True,)]  # fmt: skip


def test_a_full_refresh_publishes_as_a_whole(settings: Settings) -> None:
    publish_after(settings, "update marts.fct_parcels set label = 'other' where n = 7")
    depots = parquet(settings, "dim_depots")
    assert in_order(settings) != ALL
    publish_after(settings.model_copy(update={"full": True}))
    assert in_order(settings) == ALL
    assert not parquet(settings, "dim_depots").samefile(depots)


def test_the_file_that_readers_hold_is_not_written_in(settings: Settings, tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.hardlink_to(settings.published_file)
    before = held.read_bytes()
    publish_after(settings, "update marts.fct_parcels set label = 'other' where n = 7")
    assert held.read_bytes() == before
    assert not held.samefile(settings.published_file)


@pytest.mark.parametrize(("used", "is_anew"), [(600_000, False), (360_000, True)])
def test_a_file_of_which_more_than_a_third_is_idle_is_written_anew(
    settings: Settings, used: int, is_anew: bool
) -> None:
    letters = "create table marts.{} as select n, md5(n::varchar) as label from range({}) t(n)"
    keys = {**KEYS, "fct_letters": ("n",)}
    publish_after(settings, letters.format("fct_bills", 260_000), letters.format("fct_letters", used), keys=keys)
    publish_after(settings, "drop table marts.fct_bills", keys=keys)
    large = settings.published_file.stat().st_size
    publish_after(settings, "update marts.fct_parcels set label = 'other' where n = 7", keys=keys)
    assert (in_order(settings) == ALL) is is_anew
    assert (settings.published_file.stat().st_size < large * 2 / 3) is is_anew


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


def test_comments_of_marts_taken_over_are_the_warehouse_s(settings: Settings) -> None:
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
        assert read(settings.published_file, query) == read(target.warehouse_file, query)


def test_a_failure_half_way_leaves_the_publication_and_the_parquet_files_it_shares(settings: Settings) -> None:
    database, depots = settings.published_file.read_bytes(), parquet(settings, "dim_depots").read_bytes()
    with pytest.raises(duckdb.ConversionException):
        publish_after(
            settings,
            "update marts.fct_parcels set label = 'other' where n = 7",
            "create view marts.wrong as select cast(label as integer) as n from duebook.marts.fct_parcels",
        )
    assert settings.published_file.read_bytes() == database
    assert parquet(settings, "dim_depots").read_bytes() == depots
    assert leftovers(settings) == []


def test_a_past_day_is_brought_up_to_date_in_its_own_folder(settings: Settings) -> None:
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
    assert read(past.published_file, "select n, label from marts.fct_parcels")[-1] == (7, "second")
    assert settings.published_file.read_bytes() == current

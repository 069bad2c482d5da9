"""Publishing over a publication: what differs is replaced, the rest stays, and where that isn't safe all is written."""

import json
import os
import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.defs.publication.difference import ROWS_AT_ONCE
from orchestration.defs.publication.publish import publish
from orchestration.defs.publication.targets import Target, targets_of
from orchestration.settings import Settings
from tests.integration.publishing import DAY, EARLIER, leftovers, new_home, python, read, refresh_of

KEYS = {"fct_parcels": ("n",), "dim_depots": ("depot",)}
PARCELS = "select n, 'P' || n as label, cast(n as decimal(18, 4)) as weight from range(1000) t(n)"
ALL = list(range(1000))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
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


@pytest.mark.parametrize(
    "statement",
    [
        "update marts.fct_parcels set label = 'forged' where n = 7",
        "delete from marts.fct_parcels where n = 7",
        "insert into marts.fct_parcels values (2000, 'forged', 0)",
        "insert into marts.fct_parcels from marts.fct_parcels where n = 7",
        "alter table marts.fct_parcels alter weight type double",
        "drop table marts.fct_parcels",
        "create table marts.forged as select 1 as n",
    ],
)
@pytest.mark.parametrize("unnoticed", [False, True])
def test_what_someone_wrote_in_the_published_file_is_mended(
    settings: Settings, statement: str, unnoticed: bool
) -> None:
    change_published(settings, statement, unnoticed=unnoticed)
    target = publish_after(settings)
    for mart in KEYS:
        rows = f"from marts.{mart} order by all"
        assert read(settings.published_file, rows) == read(target.warehouse_file, rows)
        in_order(settings, mart, *KEYS[mart])
    assert read(settings.published_file, "select table_name from information_schema.tables order by all") == [
        ("dim_depots",), ("fct_parcels",)]  # fmt: skip


def test_what_a_killed_writer_left_beside_the_published_file_is_mended(settings: Settings) -> None:
    code = """
        import duckdb, os, signal, sys
        published = duckdb.connect(sys.argv[1])
        published.execute("insert into marts.fct_parcels values (2000, 'forged', 0)")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    python(code, settings.published_file).communicate(timeout=60)
    assert len(read(settings.published_file, "from marts.fct_parcels")) == 1001
    publish_after(settings, "update marts.fct_parcels set label = 'other' where n = 7")
    assert in_order(settings) == [n for n in ALL if n != 7] + [7]


def test_who_holds_the_published_file_for_writing_keeps_nobody_from_publishing(settings: Settings) -> None:
    code = """
        import duckdb, signal, sys
        published = duckdb.connect(sys.argv[1])
        print("open", flush=True)
        signal.pause()
    """
    holder = python(code, settings.published_file)
    try:
        assert holder.stdout.readline() == "open\n"
        publish_after(settings, "update marts.fct_parcels set label = 'other' where n = 7")
    finally:
        holder.kill()
        holder.communicate(timeout=60)
    assert in_order(settings)[-1] == 7


def test_nothing_but_marts_is_taken_over(settings: Settings) -> None:
    change_published(settings, "create view main.notes as select 1 as n")
    publish_after(settings)
    assert read(settings.published_file, "select count(*) from duckdb_views() where not internal") == [(0,)]


def test_a_database_from_a_backup_gets_parquet_files_of_its_own(settings: Settings, tmp_path: Path) -> None:
    backup = shutil.copy2(settings.published_file, tmp_path / "backup.duckdb")
    publish_after(settings, "update marts.fct_parcels set label = 'bad' where n = 7")
    shutil.copy2(backup, settings.published_file)
    publish_after(settings, "update marts.fct_parcels set label = 'P7' where n = 7")
    assert in_order(settings, column="label") == [f"P{n}" for n in ALL]


def test_a_parquet_file_that_was_damaged_is_written_again(settings: Settings) -> None:
    before, file = parquet(settings).read_bytes(), parquet(settings)
    file.write_bytes(before[:100])
    publish_after(settings)
    assert parquet(settings).read_bytes() == before
    assert not parquet(settings).samefile(file)


def test_a_publication_of_an_older_duebook_is_replaced_as_a_whole(settings: Settings) -> None:
    record = json.loads(record_of(settings).read_text())
    del record["left_as"], record["parquet_left_as"]
    record_of(settings).write_text(json.dumps(record))
    publish_after(settings, "update marts.fct_parcels set label = 'other' where n = 7")
    assert in_order(settings) == ALL


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


@pytest.mark.parametrize(("first", "last"), [(0, 4096), (12288, None)], ids=["no database", "unreadable rows"])
def test_a_publication_the_disk_has_damaged_is_written_anew(settings, first, last):
    file = settings.published_file
    content, stat = bytearray(file.read_bytes()), file.stat()
    content[first:last] = bytes(len(content[first:last]))
    file.write_bytes(content)
    # Nobody has written in it: size and time are what the record says.
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    publish_after(settings, "update marts.fct_parcels set weight = 2000 where n = 7")
    assert in_order(settings) == ALL
    assert read(file, "select weight from marts.fct_parcels where n = 7") == [(2000,)]
    assert leftovers(settings) == []


@pytest.mark.parametrize("content", ["", "{", "{}", "null", "7"])
def test_a_record_that_makes_no_sense_is_none(settings, content):
    record_of(settings).write_text(content)
    publish_after(settings, "update marts.fct_parcels set weight = 2000 where n = 7")
    assert read(settings.published_file, "select weight from marts.fct_parcels where n = 7") == [(2000,)]
    assert json.loads(record_of(settings).read_text())["row_counts"] == {"dim_depots": 2, "fct_parcels": 1000}

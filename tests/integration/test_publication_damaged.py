"""Publishing over a publication that isn't as its record says: what somebody or the disk did to it does not last."""

import json
import os
import shutil
from pathlib import Path

import pytest

from orchestration.settings import Settings
from tests.integration.parcels import (
    ALL,
    KEYS,
    change_published,
    in_order,
    parquet,
    publish_after,
    published_parcels,
    record_of,
)
from tests.integration.publishing import leftovers, python, read


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return published_parcels(tmp_path)


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

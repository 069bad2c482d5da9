"""Publishing over a publication that isn't as its record says: what somebody or the disk did to it does not last."""

import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from duebook.database_files import is_damage
from duebook.publication.record import read_publication
from duebook.settings import Settings
from tests.support.publications.parcels import (
    ALL,
    MARTS,
    change_published,
    in_order,
    parquet,
    publish_after,
    published_parcels,
    record_of,
)
from tests.support.publications.to_files import leftovers, python, read


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return published_parcels(tmp_path)


@pytest.mark.long
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
    for mart in MARTS:
        rows = f"from marts.{mart} order by all"
        assert read(settings.published_file, rows) == read(target.marts_file, rows)
    assert in_order(settings) == ALL
    assert read(settings.published_file, "select table_name from information_schema.tables order by all") == [
        ("dim_depots",), ("fct_parcels",), ("fct_scans",)]  # fmt: skip


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
    assert in_order(settings) == ALL


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
    assert in_order(settings, column="label")[7] == "other"


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


def test_a_parquet_file_that_was_damaged_is_written_again_and_no_other(settings: Settings) -> None:
    before, file, depots = parquet(settings).read_bytes(), parquet(settings), parquet(settings, "dim_depots")
    file.write_bytes(before[:100])
    publish_after(settings)
    assert parquet(settings).read_bytes() == before
    assert not parquet(settings).samefile(file)
    assert parquet(settings, "dim_depots").samefile(depots)


def test_parquet_of_an_older_duebook_is_written_anew(settings: Settings) -> None:
    before, record = parquet(settings), json.loads(record_of(settings).read_text())
    record["parquet_left_as"] = {name: file["left_as"] for name, file in record.pop("parquet_files").items()}
    record_of(settings).write_text(json.dumps(record))
    assert read_publication(settings.published_dir).refresh_id == "r1"
    publish_after(settings)
    assert not parquet(settings).samefile(before)


def test_a_byte_gone_bad_in_the_marts_leaves_the_publication(settings: Settings) -> None:
    published = settings.published_file.read_bytes()
    file = settings.warehouse_file.with_name("to_publish.duckdb")
    content = bytearray(file.read_bytes())
    # Of the rows, which come after the three headers.
    content[12288 + 4096] ^= 1
    file.write_bytes(content)
    with pytest.raises(duckdb.Error) as failure:
        publish_after(settings)
    assert is_damage(failure.value)
    assert settings.published_file.read_bytes() == published
    assert leftovers(settings) == []


@pytest.mark.parametrize(("first", "last"), [(0, 4096), (12288, None)], ids=["no database", "unreadable rows"])
def test_a_publication_the_disk_has_damaged_is_written_anew(settings, first, last):
    file = settings.published_file
    content, stat = bytearray(file.read_bytes()), file.stat()
    content[first:last] = bytes(len(content[first:last]))
    file.write_bytes(content)
    # Nobody has written in it: size and time are what the record says.
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    publish_after(settings, "update marts.fct_parcels set weight = 2000 where n = 7")
    assert read(file, "select weight from marts.fct_parcels where n = 7") == [(2000,)]
    assert leftovers(settings) == []


@pytest.mark.parametrize("content", ["", "{", "{}", "null", "7"])
def test_a_record_that_makes_no_sense_is_none(settings, content):
    record_of(settings).write_text(content)
    publish_after(settings, "update marts.fct_parcels set weight = 2000 where n = 7")
    assert read(settings.published_file, "select weight from marts.fct_parcels where n = 7") == [(2000,)]
    assert json.loads(record_of(settings).read_text())["row_counts"] == {
        "dim_depots": 2,
        "fct_parcels": 1000,
        "fct_scans": 90,
    }

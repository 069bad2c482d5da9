"""Raw tables as Parquet files, as Spark reads them: the same rows as in tables, under the same names.

Not here: loads that are killed (test_loading_killed.py), what Spark is told of the files (test_engine_spark.py).
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from duebook.backup import BackupError, back_up, restore
from duebook.contract import read_contract
from duebook.landing.files import LandingError
from duebook.landing.registry import raw_tables, row_counts, settle_files
from duebook.refresh_log import begin_refresh, end_refresh, utc_now
from duebook.settings import LANDED_ALIAS, PROJECT_ROOT
from duebook.sql_text import attach
from expectations.run_gates import run_arrivals
from tests.support.landing.files import CUSTOMER, INVOICE, invoices, load, raw, settings_for, write_csv, write_jsonl

# Characters that mean something to DuckDB, to Python or in an address.
ODD_NAME = "files (x) #1 ä&"
# Spark takes it for a pattern, DuckDB would without quoting.
PATTERN = "[x] * {y}"
OF_LOADER = {table.name for table in raw_tables(read_contract())}

KILLED_WITH_FILES_MOVED = """
import os, signal
from duebook.landing import loading, raw_files
from duebook.settings import Settings

take_in = raw_files._take_in

def killed(*args):
    take_in(*args)
    os.kill(os.getpid(), signal.SIGKILL)

raw_files._take_in = killed
loading.load_landing(Settings())
"""


def first_day(folder: Path) -> None:
    """Two tables, of which one has a row that can't be used."""
    write_csv(folder / "landing" / "ar" / "invoices" / "load_1.csv", [*invoices(20), INVOICE | {"amount": "x"}])
    write_csv(folder / "landing" / "ar" / "customers" / "load_1.csv", [CUSTOMER])


def second_day(folder: Path) -> None:
    """A renamed file, and new ones of two tables, of which one had none before."""
    of_invoices = folder / "landing" / "ar" / "invoices"
    (of_invoices / "load_1.csv").rename(of_invoices / "first.csv")
    write_jsonl(of_invoices / "load_2.jsonl", invoices(3, amount="7.00", internal_note="a column of its own"))
    dispute = {"dispute_id": "D", "invoice_id": "I1", "opened_date": "2025-02-01", "amount": "5.00"}
    write_csv(folder / "landing" / "ar" / "disputes" / "load_1.csv", [dispute])


def everything(folder: Path) -> dict[str, object]:
    """Columns, types and rows of every raw table, without what names the one load."""
    rows = {
        name: raw(folder, f"select * exclude (load_id, loaded_at) from {name} order by all")
        for name in sorted(OF_LOADER)
    }
    columns = raw(
        folder,
        "select table_name, column_name, data_type from duckdb_columns()"
        f" where schema_name = 'raw' and table_name in {tuple(OF_LOADER)} order by table_name, column_index",
    )
    return {"columns": columns, **rows}


def kinds(folder: Path) -> set[str]:
    """What the raw tables are in the landing database."""
    return {
        kind
        for name, kind in raw(folder, "select table_name, table_type from information_schema.tables")
        if name in OF_LOADER
    }


def files_of(folder: Path, table: str) -> set[str]:
    return {file.name for file in (settings_for(folder).raw_files_dir / table).iterdir()}


@pytest.fixture(scope="module")
def in_tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Two days as tables."""
    folder = tmp_path_factory.mktemp("in tables")
    for day in (first_day, second_day):
        day(folder)
        load(folder)
    return everything(folder)


@pytest.fixture(scope="module")
def in_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days as files, in a place with an odd name."""
    folder = tmp_path_factory.mktemp("in") / ODD_NAME
    for day in (first_day, second_day):
        day(folder)
        load(folder, engine="spark")
    return folder


@pytest.fixture
def copied(in_files: Path, tmp_path: Path) -> Path:
    return shutil.copytree(in_files, tmp_path / "copied")


def test_files_have_the_rows_columns_and_types_of_tables(in_files: Path, in_tables: dict[str, object]) -> None:
    assert kinds(in_files) == {"VIEW"}
    assert everything(in_files) == in_tables


def test_every_row_names_the_load_it_came_with(in_files: Path) -> None:
    of_files = "select load_id, loaded_at, file_number from loaded_files where table_name = 'invoices' order by all"
    of_rows = "select distinct load_id, loaded_at, source_file_number from invoices order by all"
    assert raw(in_files, of_files) == raw(in_files, of_rows)
    assert raw(in_files, "select load_id from _dlt_loads where status = 0 order by all") == raw(
        in_files, "select distinct load_id from loaded_files order by all"
    )


def test_a_tables_folder_has_a_file_a_load_and_nothing_of_dlts(in_files: Path) -> None:
    loads = [load for (load,) in raw(in_files, "select load_id from _dlt_loads order by all")]
    names = sorted(files_of(in_files, "invoices"))
    assert [name.rsplit(".", 2)[0] for name in names] == loads
    assert {place.name for place in settings_for(in_files).raw_files_dir.iterdir()} == OF_LOADER
    assert [place.name for place in settings_for(in_files).loading_dir.iterdir()] == ["duebook_empties_this_folder.txt"]


@pytest.mark.parametrize(
    "engines",
    [
        # There and back.
        ("duckdb", "spark", "duckdb"),
        pytest.param(("spark", "duckdb", "spark"), marks=pytest.mark.long),
    ],
    ids=str,
)
def test_the_engine_may_change_from_day_to_day_and_nothing_is_loaded_twice(
    tmp_path: Path, in_tables: dict[str, object], engines: tuple[str, ...]
) -> None:
    folder = tmp_path / ODD_NAME
    first_day(folder)
    load(folder, engine=engines[0])
    second_day(folder)
    assert len(load(folder, engine=engines[1]).files) == 2
    assert everything(folder) == in_tables
    assert load(folder, engine=engines[2]).files == ()
    assert everything(folder) == in_tables
    assert kinds(folder) == {"VIEW" if engines[2] == "spark" else "BASE TABLE"}
    assert (files_of(folder, "invoices") == set()) == (engines[2] == "duckdb")


def test_a_home_that_was_moved_reads_its_files_where_they_are(copied: Path, in_tables: dict[str, object]) -> None:
    moved = copied.rename(copied.with_name("moved"))
    assert load(moved, engine="spark").files == ()
    assert everything(moved) == in_tables


@pytest.mark.long
def test_a_home_moved_to_a_name_that_spark_takes_for_a_pattern_is_read_into_tables(
    copied: Path, in_tables: dict[str, object]
) -> None:
    moved = copied.rename(copied.with_name(PATTERN))
    with pytest.raises(LandingError, match=r"expected a path without '\*', '\[', '{' with DUEBOOK_ENGINE spark"):
        load(moved, engine="spark")
    assert load(moved).files == ()
    assert everything(moved) == in_tables
    assert kinds(moved) == {"BASE TABLE"}


def test_a_backup_has_the_files_and_a_restored_home_reads_its_own(
    copied: Path, tmp_path: Path, in_tables: dict[str, object]
) -> None:
    backup = back_up(settings_for(copied), tmp_path / "backups", print)
    shutil.rmtree(settings_for(copied).home)
    other = tmp_path / "other"
    shutil.copytree(copied / "landing", other / "landing")
    restore(settings_for(other), backup, print)
    assert load(other, engine="spark").files == ()
    assert everything(other) == in_tables


@pytest.mark.parametrize("engine", ["spark", "duckdb"])
def test_rows_of_files_that_are_gone_are_asked_for_and_not_forgotten(copied: Path, engine: str) -> None:
    raw_files = settings_for(copied).raw_files_dir
    [gone, _] = sorted((raw_files / "invoices").iterdir())
    kept = raw_files.rename(copied / "kept")
    shutil.copytree(kept, raw_files, ignore=lambda *_: [gone.name])
    with pytest.raises(LandingError, match=rf"raw\.invoices has rows in .*/{gone.name}, which is gone: put it back"):
        load(copied, engine=engine)
    shutil.rmtree(raw_files)
    with pytest.raises(LandingError, match=r"raw\.\w+ has rows in .*, which is gone"):
        load(copied, engine=engine)
    kept.rename(raw_files)
    assert load(copied, engine=engine).files == ()
    assert raw(copied, "select count(*) from invoices") == [(23,)]


@pytest.mark.parametrize(
    ("engine", "lost"),
    [
        ("spark", "moved away"),
        ("duckdb", "empty"),
        ("spark", "without a load"),
        pytest.param("duckdb", "moved away", marks=pytest.mark.long),
        pytest.param("spark", "empty", marks=pytest.mark.long),
        pytest.param("duckdb", "without a load", marks=pytest.mark.long),
    ],
)
def test_landed_rows_outlive_a_landing_database_that_is_lost(copied: Path, engine: str, lost: str) -> None:
    settings = settings_for(copied)
    before = {file: file.read_bytes() for file in settings.raw_files_dir.rglob("*.parquet")}
    kept = settings.landed_file.rename(copied / "kept.duckdb")
    if lost == "empty":
        settings.landed_file.touch()
    if lost == "without a load":
        begin_refresh(settings, settings.as_of, "r1", utc_now())
    with pytest.raises(LandingError, match=r"spark/raw has landed rows, and .*landing\.duckdb.* has no load: put both"):
        load(copied, engine=engine)
    assert {file: file.read_bytes() for file in settings.raw_files_dir.rglob("*.parquet")} == before
    kept.rename(settings.landed_file)
    assert load(copied, engine=engine).files == ()
    assert raw(copied, "select count(*) from invoices") == [(23,)]


def test_a_damaged_landing_database_is_put_back_together_with_the_files(copied: Path) -> None:
    settings = settings_for(copied)
    settings.landed_file.write_bytes(b"junk" * 5000)
    with pytest.raises(LandingError, match=r"says which files in .*spark/raw count: replace both.*spark/raw away: the"):
        load(copied, engine="spark")


def test_with_the_files_moved_away_too_everything_is_loaded_again(copied: Path, in_tables: dict[str, object]) -> None:
    settings = settings_for(copied)
    settings.landed_file.rename(copied / "kept.duckdb")
    settings.raw_files_dir.rename(copied / "kept")
    assert len(load(copied, engine="spark").files) == 4
    assert raw(copied, "select count(*) from invoices") == [(23,)]


@pytest.mark.long
def test_a_first_load_that_is_killed_with_its_files_moved_is_run_again(tmp_path: Path) -> None:
    first_day(tmp_path)
    environment = os.environ | {"DUEBOOK_LANDING": str(tmp_path / "landing"), "DUEBOOK_HOME": str(tmp_path / "home")}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WITH_FILES_MOVED],
        env=environment | {"DUEBOOK_ENGINE": "spark", "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    [left] = files_of(tmp_path, "invoices")
    load(tmp_path, engine="spark")
    assert left not in files_of(tmp_path, "invoices")
    assert raw(tmp_path, "select count(*) from invoices") == [(20,)]


@pytest.mark.parametrize("engine", ["spark", "duckdb"])
def test_a_file_that_is_cut_off_is_named_with_what_to_do(copied: Path, engine: str) -> None:
    [_, file] = sorted((settings_for(copied).raw_files_dir / "invoices").iterdir())
    whole = file.read_bytes()
    said = rf"raw\.invoices has rows in .*/{file.name}, which is damaged \(.*put it back"
    # The last has the marks of a Parquet file, and nothing between them that can be understood.
    for harmed in (whole[:-10], b"", b"PAR1" + b"\xff" * 100 + b"\x40\0\0\0PAR1"):
        file.write_bytes(harmed)
        with pytest.raises(LandingError, match=said):
            load(copied, engine=engine)
    file.write_bytes(whole)
    assert load(copied, engine=engine).files == ()
    assert raw(copied, "select count(*) from invoices") == [(23,)]


@pytest.mark.parametrize("harm", ["gone", "damaged"])
def test_a_backup_is_neither_made_nor_restored_without_all_landed_rows(copied: Path, tmp_path: Path, harm: str) -> None:
    settings, other = settings_for(copied), settings_for(tmp_path / "other")
    backup = back_up(settings, tmp_path / "backups", print)
    for root in (settings.home, backup):
        [file, _] = sorted((root / "spark" / "raw" / "invoices").iterdir())
        file.write_bytes(file.read_bytes()[:-10])
        if harm == "gone":
            file.unlink()
    said = rf"^raw\.invoices has rows in {{}}/spark/raw/invoices/{file.name}, which is {harm}.*: put it"
    with pytest.raises(BackupError, match=said.format(re.escape(str(settings.home)))):
        back_up(settings, tmp_path / "more", print)
    with pytest.raises(BackupError, match=said.format(re.escape(str(backup)))):
        restore(other, backup, print)
    assert not (tmp_path / "more").exists()
    assert not other.home.exists()


@pytest.mark.parametrize("engines", [("spark",), pytest.param(("duckdb", "spark"), marks=pytest.mark.long)], ids=str)
def test_files_and_their_folders_are_on_the_disk_when_they_count(
    tmp_path: Path, engines: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    written, fsync = set(), os.fsync

    def noted(handle: int) -> None:
        fsync(handle)
        written.add(os.fstat(handle).st_ino)

    monkeypatch.setattr(os, "fsync", noted)
    first_day(tmp_path)
    for engine in engines:
        load(tmp_path, engine=engine)
    settings = settings_for(tmp_path)
    needed = [settings.home, settings.spark_dir, settings.raw_files_dir, *settings.raw_files_dir.rglob("*")]
    assert [path for path in needed if path.stat().st_ino not in written] == []


def test_a_file_that_no_load_is_known_to_have_written_is_not_read_and_is_removed(
    copied: Path, in_tables: dict[str, object]
) -> None:
    stray = settings_for(copied).raw_files_dir / "invoices" / "1.5.abc.parquet"
    stray.write_bytes(b"PAR1, and then the process was killed")
    assert everything(copied) == in_tables
    load(copied, engine="spark")
    assert not stray.exists()
    assert everything(copied) == in_tables


def test_a_load_that_fails_leaves_what_was_there(copied: Path, in_tables: dict[str, object]) -> None:
    write_csv(copied / "landing" / "ar" / "invoices" / "load_3.csv", [{"amount": "1.00"}])
    with pytest.raises(LandingError, match="has no column"):
        load(copied, engine="spark")
    assert everything(copied) == in_tables


def test_a_column_that_the_contract_got_since_is_null_in_earlier_files(tmp_path: Path) -> None:
    first_day(tmp_path)
    load(tmp_path)
    with duckdb.connect(settings_for(tmp_path).landed_file) as landed:
        landed.execute("alter table raw.invoices drop column invoice_number")
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "load_2.csv", invoices(1, invoice_number="P"))
    load(tmp_path, engine="spark")
    assert raw(tmp_path, "select invoice_number, count(*) from invoices group by 1 order by all") == [
        ("P", 1),
        (None, 20),
    ]


def test_what_reads_the_landing_database_reads_the_files(copied: Path) -> None:
    settings = settings_for(copied, engine="spark", as_of="2025-02-28")
    assert row_counts(settings, read_contract())["invoices"] == 23
    with duckdb.connect() as elsewhere:
        elsewhere.execute(attach(settings.landed_file, LANDED_ALIAS))
        assert elsewhere.execute(f"select count(*) from {LANDED_ALIAS}.raw.invoices").fetchall() == [(23,)]
    of_files = [replace(one, checked_at=None) for one in run_arrivals(settings, settings.as_of)]
    assert {one.table_name for one in of_files if one.success} >= {"invoices", "customers", "disputes"}
    load(copied)
    of_tables = run_arrivals(settings.model_copy(update={"engine": "duckdb"}), settings.as_of)
    assert [replace(one, checked_at=None) for one in of_tables] == of_files


def test_a_refresh_is_logged_with_the_rows_it_loaded_as_files(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, engine="spark", as_of="2025-02-28")
    started = utc_now()
    first_day(tmp_path)
    load(tmp_path, engine="spark")
    log = begin_refresh(settings, settings.as_of, "r1", started)
    end_refresh(settings, log, "published")
    assert raw(tmp_path, "select landed_rows, quarantined_rows from refreshes") == [(21, 1)]


def test_a_loads_folder_without_dlts_record_is_not_taken_for_a_load_that_brought_nothing(copied: Path) -> None:
    sent = copied / "sent"
    (sent / "invoices").mkdir(parents=True)
    (sent / "invoices" / "1.5.abc.parquet").write_bytes(b"")
    with pytest.raises(ValueError, match="expected 1, got 0"):
        settle_files(settings_for(copied, engine="spark"), read_contract(), sent)

"""Large marts that another engine built as Parquet: views in the published file, over the publication's own files.

No Spark runs here: its files are written by DuckDB. Not here: types and descriptions of what is handed over
(test_engine_spark.py), publishing as such (test_publication.py).
"""

import shutil
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.backup import back_up
from duebook.cleared import Kept
from duebook.contract import read_contract
from duebook.landing.erased import Which
from duebook.persons import Person, ask_for
from duebook.publication.erased import clear_publication
from duebook.publication.large_marts import define, large_marts, rows_in
from duebook.publication.postgres.tables import read_tables
from duebook.publication.publish import follow_move, publish
from duebook.publication.reader import UnreadableError, reading
from duebook.publication.record import Publication, read_publication, unchanged_publication
from duebook.publication.site_swap import INDEX
from duebook.publication.targets import targets_of
from duebook.rights.exporting import _of_marts
from duebook.settings import MARTS_SCHEMA, PROJECT_ROOT, Settings
from duebook.sql_text import literal
from orchestration.defs.models import follow_a_move
from tests.support.gates.handed_over import Warehouse
from tests.support.publications.spark_files import LARGE, SMALL, publish_of_spark
from tests.support.publications.to_files import leftovers, new_home, python, read, refresh_of

MONTHS = ("2024-01", "2024-02", "2024-03")
NEWEST = f"select distinct refresh_id from (from marts.{LARGE} order by effective_date desc limit 10)"
KILLED_WRITING_THE_DASHBOARD = """
    import os, signal, sys
    from datetime import date
    from pathlib import Path
    from duebook.settings import Settings
    from tests.support.publications.spark_files import publish_of_spark

    settings = Settings(home=Path(sys.argv[1]), landing=Path(sys.argv[1]), as_of=date.fromisoformat(sys.argv[2]))
    publish_of_spark(settings, "r2", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose name means something in a pattern of files."""
    return new_home(tmp_path / "of [their] *").model_copy(update={"engine": "spark"})


def folders(settings: Settings) -> list[str]:
    """The folders of Parquet files that stand in the published folder."""
    return sorted(path.name for path in settings.published_dir.glob("parquet-*"))


def newest(file: Path) -> list[tuple]:
    return read(file, NEWEST)


def test_a_large_mart_is_a_view_over_the_published_files_and_reads_as_a_mart(settings: Settings) -> None:
    publication = publish_of_spark(settings, "r1")
    shutil.rmtree(settings.home / "spark")
    parquet = settings.published_dir / publication.parquet
    assert sorted(file.stem for file in (parquet / LARGE).iterdir()) == list(MONTHS)
    file = settings.published_file
    with duckdb.connect(file, read_only=True) as published:
        assert large_marts(published, file.stem, MARTS_SCHEMA) == {LARGE: parquet / LARGE}
        # Whatever zone the reader is in.
        published.execute("set timezone = 'America/New_York'")
        assert (
            published.execute(f"describe marts.{LARGE}").fetchall()
            == published.execute(f"describe marts.{SMALL}").fetchall()
        )
        assert (
            published.execute(f"from marts.{LARGE} order by all").fetchall()
            == published.execute(f"from marts.{SMALL} order by all").fetchall()
        )
        last = f"select max(recorded_at) from marts.{LARGE}"
        assert published.execute(last).fetchall() == [(datetime(2024, 3, 15, 23, 30),)]
        said = "select table_name, comment from duckdb_columns() where column_name = 'amount' order by all"
        assert published.execute(said).fetchall() == [(SMALL, "Its amount"), (LARGE, "Its amount")]
        said = "select view_name, comment from duckdb_views() where not internal"
        assert published.execute(said).fetchall() == [(LARGE, f"The {LARGE}")]
    assert publication.row_counts == {LARGE: 30, SMALL: 30}
    assert publication.reporting_currency == "EUR"


def test_rows_of_a_large_mart_are_not_in_the_published_file(settings: Settings) -> None:
    publish_of_spark(settings, "r1")
    tables = "select table_name from duckdb_tables() where not internal"
    assert read(settings.published_file, tables) == [(SMALL,)]


def test_a_published_file_is_read_from_any_folder(settings: Settings, tmp_path: Path, monkeypatch) -> None:
    publish_of_spark(settings, "r1")
    monkeypatch.chdir(tmp_path)
    assert newest(settings.published_file) == [("r1",)]


def test_months_that_are_as_published_are_the_same_files(settings: Settings) -> None:
    both = [publish_of_spark(settings, refresh_id) for refresh_id in ("r1", "r2")]
    inodes = [
        [(settings.published_dir / one.parquet / LARGE / f"{month}.parquet").stat().st_ino for month in MONTHS]
        for one in both
    ]
    assert [one == other for one, other in zip(*inodes, strict=True)] == [True, True, False]


def test_a_reader_who_holds_the_old_publication_reads_its_large_marts_on(settings: Settings) -> None:
    publish_of_spark(settings, "r1")
    with duckdb.connect(settings.published_file, read_only=True) as reader:
        publish_of_spark(settings, "r2")
        assert reader.execute(NEWEST).fetchall() == [("r1",)]
    assert newest(settings.published_file) == [("r2",)]


def test_the_dashboard_is_made_of_marts_that_can_be_read(settings: Settings) -> None:
    seen = []

    def write_site(database: Path, publication: Publication, site: Path) -> None:
        seen.extend(newest(database))
        site.mkdir()
        (site / INDEX).touch()

    publish_of_spark(settings, "r1", write_site)
    assert seen == [("r1",)]


def test_a_failure_leaves_the_publication_and_no_files(settings: Settings) -> None:
    def fails(*_: object) -> None:
        raise OSError("No space left on device")

    publication = publish_of_spark(settings, "r1")
    with pytest.raises(OSError, match="No space left"):
        publish_of_spark(settings, "r2", fails)
    assert folders(settings) == [publication.parquet]
    assert newest(settings.published_file) == [("r1",)]
    assert leftovers(settings) == []


@pytest.mark.long
def test_what_a_killed_publication_has_placed_is_removed_by_the_next(settings: Settings) -> None:
    publication = publish_of_spark(settings, "r1")
    killed = python(KILLED_WRITING_THE_DASHBOARD, settings.home, settings.as_of)
    _, errors = killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL, errors
    assert newest(settings.published_file) == [("r1",)]
    [placed] = set(folders(settings)) - {publication.parquet}
    again = publish_of_spark(settings, "r3")
    assert folders(settings) == [publication.parquet, again.parquet]
    assert placed not in folders(settings)
    assert newest(settings.published_file) == [("r3",)]


def test_a_home_that_was_moved_is_named_and_reads_its_own_files_after_the_next_refresh_has_begun(
    settings: Settings,
) -> None:
    publish_of_spark(settings, "r1")
    before = read_publication(settings.published_dir)
    moved = settings.model_copy(update={"home": settings.home.with_name("moved")})
    settings.home.rename(moved.home)
    with pytest.raises(UnreadableError, match="the home was moved"), reading(moved.published_file):
        pass
    follow_move(moved.published_dir)
    with reading(moved.published_file) as published:
        assert published.rows(NEWEST) == [("r1",)]
        said = f"select comment from duckdb_columns() where table_name = '{LARGE}' and column_name = 'amount'"
        assert published.rows(said) == [("Its amount",)]
    record = unchanged_publication(moved.published_dir)
    assert (record.refresh_id, record.parquet) == (before.refresh_id, before.parquet)
    # Nothing is left to do, nor where the file is gone.
    follow_move(moved.published_dir)
    assert unchanged_publication(moved.published_dir) == record
    moved.published_file.unlink()
    follow_move(moved.published_dir)
    assert not moved.published_file.exists()


def test_a_restored_home_reads_its_own_files(settings: Settings, tmp_path: Path) -> None:
    publish_of_spark(settings, "r1")
    backup = back_up(settings, tmp_path / "backups", lambda _: None)
    publish_of_spark(settings, "r2")
    restored = settings.model_copy(update={"home": tmp_path / "restored"})
    options = ["--from", backup, "--home", restored.home]
    subprocess.run([sys.executable, "-m", "cli", "restore", *options], cwd=PROJECT_ROOT, check=True)
    file = restored.published_file
    with duckdb.connect(file, read_only=True) as published:
        [reads] = large_marts(published, file.stem, MARTS_SCHEMA).values()
    assert reads.is_relative_to(restored.home)
    assert newest(restored.published_file) == [("r1",)]


@pytest.mark.parametrize("harm", ["gone", "damaged"])
def test_a_home_restored_without_the_files_of_a_large_mart_is_told_what_to_do(
    settings: Settings, tmp_path: Path, harm: str
) -> None:
    publication = publish_of_spark(settings, "r1")
    backup = back_up(settings, tmp_path / "backups", lambda _: None)
    of_mart = backup / settings.published_dir.name / publication.parquet / LARGE
    if harm == "gone":
        shutil.rmtree(of_mart)
    else:
        (of_mart / f"{MONTHS[0]}.parquet").write_bytes(b"PAR1")
    home = tmp_path / "restored"
    done = CliRunner().invoke(app, ["restore", "--from", str(backup), "--home", str(home)])
    assert done.exit_code == ExitCode.FAILED
    *_, said = done.stderr.splitlines()
    assert said.startswith(f"{home} has what the backup had, and that is not all: ")
    assert f"the Parquet files in {home / 'published' / publication.parquet}, and not all of them can be read" in said
    assert f"Put the folder {publication.parquet} back from a backup" in said
    with pytest.raises(dg.Failure, match=f"Put the folder {publication.parquet} back from a backup") as refused:
        follow_a_move(home / "published")
    assert len(refused.value.description.splitlines()) == 1
    shutil.copytree(
        settings.published_dir / publication.parquet / LARGE,
        home / "published" / publication.parquet / LARGE,
        dirs_exist_ok=True,
    )
    follow_a_move(home / "published")
    assert newest(home / "published" / settings.published_file.name) == [("r1",)]


def test_rows_of_a_large_mart_are_cleared_of_who_is_erased_and_found_for_who_asks(settings: Settings) -> None:
    [target] = targets_of(settings, [settings.as_of])
    files = settings.spark_dir / "fct_invoices"
    files.mkdir(parents=True)
    names = ("invoice_id", "customer_id", "invoice_number")
    rows = f"from (values ('I1', 'C1', 'of Anna'), ('I2', 'C2', 'of Otto')) t({', '.join(names)})"
    with duckdb.connect(target.marts_file) as marts:
        marts.execute("create schema marts")
        marts.execute(f"copy (select * {rows}) to {literal(files / 'a.parquet')}")
        types = dict.fromkeys(names, "varchar")
        define(marts, (target.marts_file.stem, MARTS_SCHEMA, "fct_invoices"), rows_in(files), types)
        marts.execute("comment on column marts.fct_invoices.invoice_number is 'printed on it'")
    publish(settings, target, refresh_of(settings.as_of, "r1"))
    contract, anna = read_contract(), Person("customer", "C1")
    with duckdb.connect() as con:
        ask_for(con, [anna], {}, contract)
        found = _of_marts(con, settings.published_file, MARTS_SCHEMA, anna, Which({}, "false"))
        assert [row["invoice_number"] for row in found["fct_invoices"]] == ["of Anna"]
        cells = "select null, null, null, null where false"
        cleared = clear_publication(con, settings.published_dir, settings, contract, Kept(frozenset(), {}), cells, None)
    assert cleared == {"marts.fct_invoices": 1}
    assert read(settings.published_file, "select invoice_number from marts.fct_invoices order by all") == [
        ("***",),
        ("of Otto",),
    ]
    comments = "select comment from duckdb_columns() where column_name = 'invoice_number'"
    assert read(settings.published_file, comments) == [("printed on it",)]
    with duckdb.connect(settings.published_file, read_only=True) as published:
        assert list(large_marts(published, settings.published_file.stem, MARTS_SCHEMA)) == ["fct_invoices"]
    assert len(folders(settings)) == 1
    assert not list((target.warehouse_file.parent / "as_of").glob("*"))


def test_the_gate_before_a_publication_checks_a_large_mart_as_it_checks_a_table(tmp_path: Path) -> None:
    mart, parquet = "aging_monthly", tmp_path / "all.parquet"
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    warehouse.mart(mart, {}, {})
    of_a_table = warehouse.failed(mart)
    with duckdb.connect(warehouse.file) as marts:
        types = dict(marts.execute(f"select column_name, column_type from (describe marts.{mart})").fetchall())
        marts.execute(f"copy marts.{mart} to '{parquet}' (format parquet)")
        marts.execute(f"drop table marts.{mart}")
        define(marts, ("warehouse", MARTS_SCHEMA, mart), rows_in(tmp_path), types)
    of_a_view = warehouse.failed(mart)
    assert [(one.expectation, one.message) for one in of_a_view] == [
        (one.expectation, one.message) for one in of_a_table
    ]
    assert "expect_unique_keys" in {one.expectation for one in of_a_view}


def test_postgres_is_given_large_marts_as_it_is_given_the_others(settings: Settings) -> None:
    publish_of_spark(settings, "r1")
    with duckdb.connect(settings.published_file, read_only=True) as published:
        small, large = read_tables(published, settings.published_file.stem, MARTS_SCHEMA, {})
    assert (small.name, large.name, large.rows, large.comment) == (SMALL, LARGE, 30, f"The {LARGE}")
    assert large.columns == small.columns

"""Publishing: what readers see before, during and after, and what a failure leaves."""

import json
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from duebook.publication.copying import NothingToPublishError
from duebook.publication.publish import publish
from duebook.publication.record import read_publication
from duebook.publication.targets import targets_of
from duebook.refresh_log import append, begin_refresh, create_table, end_refresh
from duebook.settings import Settings
from duebook.sql_text import attach, literal
from duebook.version import duebook_version
from expectations.validation import CheckResult
from tests.support.publications.to_files import (
    DAY,
    EARLIER,
    MARTS,
    build,
    leftovers,
    new_home,
    publish_rows,
    python,
    read,
    refresh_ids,
    refresh_of,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return new_home(tmp_path)


def test_readers_get_the_marts_and_nothing_else(settings: Settings) -> None:
    target = publish_rows(settings, "r1")
    found = read(target.published_file, "select table_schema, table_name from information_schema.tables order by all")
    assert found == [("marts", mart) for mart in MARTS]
    assert sorted(path.name for path in settings.published_dir.iterdir() if not path.name.startswith("parquet-")) == [
        "duebook.duckdb",
        "parquet",
        "publication.json",
    ]


def test_types_comments_and_rows_are_those_dbt_wrote(settings: Settings) -> None:
    [target] = targets_of(settings, [DAY])
    build(target, "r1")
    with duckdb.connect(target.marts_file) as connection:
        connection.execute("comment on table marts.dso_monthly is 'It''s the DSO'")
        connection.execute("comment on column marts.dso_monthly.amount is 'Amount'")
    publish(settings, target, refresh_of(DAY, "r1"))
    columns = read(target.published_file, "select column_name, data_type, comment from duckdb_columns()"
                   " where table_name = 'dso_monthly'")  # fmt: skip
    assert columns == [
        ("n", "BIGINT", None),
        ("refresh_id", "VARCHAR", None),
        ("currency_code", "VARCHAR", None),
        ("amount", "DECIMAL(18,4)", "Amount"),
    ]
    assert read(target.published_file, "select comment from duckdb_tables() where table_name = 'dso_monthly'") == [
        ("It's the DSO",)
    ]
    assert read(target.published_file, "select count(*), sum(amount) from marts.dso_monthly") == [(1000, 499500)]


def test_views_of_the_landing_file_are_published_as_tables(settings: Settings) -> None:
    [target] = targets_of(settings, [DAY])
    build(target, "r1")
    with duckdb.connect(target.marts_file) as connection:
        connection.execute(attach(settings.landed_file, "landed"))
        connection.execute("create view marts.refresh_log as select refresh_id, status from landed.raw.refreshes")
        both = "select n, status from to_publish.marts.dso_monthly cross join landed.raw.refreshes"
        connection.execute(f"create view marts.of_a_mart_and_more as {both}")
    append(settings.landed_file, "refreshes", [refresh_of(DAY, "r1")])
    publish(settings, target, refresh_of(DAY, "r1"))
    assert read(target.published_file, "from marts.refresh_log") == [("r1", "publishing")]
    assert read(target.published_file, "select count(*) from marts.of_a_mart_and_more") == [(1000,)]
    assert read(target.published_file, "select count(*) from duckdb_views() where not internal") == [(0,)]


def test_a_view_that_shows_other_marts_alone_is_published_as_a_view(settings: Settings) -> None:
    [target] = targets_of(settings, [DAY])
    build(target, "r1")
    with duckdb.connect(target.marts_file) as connection:
        connection.execute("create view marts.a_view as select n from to_publish.marts.dso_monthly where n < 10")
        connection.execute("comment on view marts.a_view is 'The first ten'")
        connection.execute("comment on column marts.a_view.n is 'Which'")
    publication = publish(settings, target, refresh_of(DAY, "r1"))
    assert read(target.published_file, "select count(*) from marts.a_view") == [(10,)]
    assert read(target.published_file, "select view_name, comment from duckdb_views() where not internal") == [
        ("a_view", "The first ten")
    ]
    said = "select comment from duckdb_columns() where table_name = 'a_view'"
    assert read(target.published_file, said) == [("Which",)]
    assert "a_view" not in publication.row_counts
    assert not (settings.published_dir / "parquet" / "a_view.parquet").exists()


def test_the_record_says_what_is_published(settings: Settings) -> None:
    publish_rows(settings, "r1")
    record = json.loads((settings.published_dir / "publication.json").read_text())
    parquet, published_at = record.pop("parquet"), datetime.fromisoformat(record.pop("published_at"))
    assert record.pop("parquet_files").keys() == {f"{mart}.parquet" for mart in MARTS}
    file = (settings.published_dir / "duebook.duckdb").stat()
    assert record == {
        "as_of": "2024-03-15",
        "known_as_of": None,
        "reporting_currency": "EUR",
        "refresh_id": "r1",
        "duebook_version": duebook_version(),
        "database": "duebook.duckdb",
        "row_counts": dict.fromkeys(MARTS, 1000),
        "left_as": f"{file.st_size}:{file.st_mtime_ns}",
    }
    assert (settings.published_dir / "parquet").resolve() == (settings.published_dir / parquet).resolve()
    assert read_publication(settings.published_dir).published_at == published_at


def test_parquet_files_are_those_of_the_database(settings: Settings) -> None:
    target = publish_rows(settings, "r1")
    files = sorted(path.name for path in (settings.published_dir / "parquet").iterdir())
    assert files == [f"{mart}.parquet" for mart in MARTS]
    published = read(target.published_file, "from marts.receivables_daily")
    file = literal(settings.published_dir / "parquet" / "receivables_daily.parquet")
    assert duckdb.sql(f"from {file}").fetchall() == published


def test_a_reader_who_holds_the_old_copy_keeps_it(settings: Settings) -> None:
    target = publish_rows(settings, "r1", rows=100_000)
    old_parquet = (settings.published_dir / "parquet").resolve()
    with duckdb.connect(target.published_file, read_only=True) as reader:
        pending = reader.execute("select n, refresh_id from marts.dso_monthly")
        assert pending.fetchone() == (0, "r1")
        publish_rows(settings, "r2", rows=100_000)
        assert {name for _, name in pending.fetchall()} == {"r1"}
        assert reader.execute("select distinct refresh_id from marts.receivables_daily").fetchall() == [("r1",)]
    assert set(pq.read_table(old_parquet / "dso_monthly.parquet")["refresh_id"].to_pylist()) == {"r1"}
    assert refresh_ids(target.published_file) == {"r2"}


def test_parquet_of_the_publication_before_stays_and_older_goes(settings: Settings) -> None:
    older, before = (settings.published_dir / f"parquet-2024010{day}T060000000000" for day in (1, 2))
    older.mkdir(parents=True)
    before.mkdir()
    publish_rows(settings, "r1")
    newest = settings.published_dir / read_publication(settings.published_dir).parquet
    assert sorted(settings.published_dir.glob("parquet-*")) == [before, newest]


def test_parquet_can_be_found_where_links_can_not_be_made(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("links need a right this user does not have")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    publish_rows(settings, "r1")
    publish_rows(settings, "r2")
    folder = settings.published_dir / read_publication(settings.published_dir).parquet
    assert set(pq.read_table(folder / "dso_monthly.parquet")["refresh_id"].to_pylist()) == {"r2"}
    assert not (settings.published_dir / "parquet").exists()


def test_a_past_day_is_published_beside_the_current_one(settings: Settings) -> None:
    current = publish_rows(settings, "r1")
    past = publish_rows(settings, "r2", day=EARLIER)
    assert past.is_past
    assert past.published_file == settings.published_dir / "as_of" / "2024-02-29" / "duebook.duckdb"
    assert refresh_ids(past.published_file) == {"r2"}
    assert refresh_ids(current.published_file) == {"r1"}
    assert read_publication(settings.published_dir).as_of == DAY
    assert read_publication(past.published_dir).as_of == EARLIER
    assert not past.warehouse_file.parent.exists(), "a past day's warehouse has served its turn"
    assert current.marts_file.exists()


def test_only_the_newest_day_of_a_run_is_the_current_one(settings: Settings) -> None:
    later = date(2024, 3, 16)
    assert [target.is_past for target in targets_of(settings, [later, EARLIER, DAY])] == [True, True, False]
    publish_rows(settings, "r1")
    assert [target.is_past for target in targets_of(settings, [EARLIER, DAY])] == [True, False]
    assert [target.is_past for target in targets_of(settings, [later])] == [False]
    assert [target.is_past for target in targets_of(settings, [EARLIER])] == [True]


def test_what_was_known_back_then_never_replaces_the_current_publication(settings: Settings) -> None:
    known = settings.model_copy(update={"known_as_of": EARLIER})
    [target] = targets_of(known, [DAY])
    assert (target.is_past, target.published_dir) == (True, known.past_published_dir(DAY))
    assert target.published_dir.name == f"{DAY}_known_{EARLIER}"


def test_a_failure_leaves_the_publication_untouched(settings: Settings) -> None:
    target = publish_rows(settings, "r1")
    with duckdb.connect(target.marts_file) as connection:
        connection.execute(attach(settings.landed_file, "landed"))
        wrong = "select cast(refresh_id as integer) from to_publish.marts.dso_monthly"
        also_landed = "where not exists (select 1 from landed.raw.refreshes where false)"
        connection.execute(f"create view marts.wrong as {wrong} {also_landed}")
    with pytest.raises(duckdb.ConversionException):
        publish(settings, target, refresh_of(DAY, "r2"))
    assert refresh_ids(target.published_file) == {"r1"}
    assert read_publication(settings.published_dir).refresh_id == "r1"
    assert leftovers(settings) == []


@pytest.mark.parametrize("what", ["marts", "file"])
def test_where_there_are_no_marts_nothing_is_published(settings: Settings, what: str) -> None:
    target = publish_rows(settings, "r1")
    if what == "file":
        target.marts_file.unlink()
    else:
        with duckdb.connect(target.marts_file) as connection:
            connection.execute("drop schema marts cascade")
    with pytest.raises(NothingToPublishError, match=r"to_publish\.duckdb"):
        publish(settings, target, refresh_of(DAY, "r2"))
    assert refresh_ids(target.published_file) == {"r1"}


READER = """
    import json, sys
    from pathlib import Path
    import duckdb

    folder, stop = Path(sys.argv[1]), Path(sys.argv[2])
    marts = ("dso_monthly", "fct_receivables_ledger", "receivables_daily")
    seen = {}
    while not stop.exists() or len(seen) == 0:
        with duckdb.connect(folder / "duebook.duckdb", read_only=True) as connection:
            found = {
                (mart, *row)
                for mart in marts
                for row in connection.execute(
                    f"select refresh_id, count(*) from marts.{mart} group by refresh_id"
                ).fetchall()
            }
        ids = {refresh_id for _, refresh_id, _ in found}
        assert len(found) == 3 and len(ids) == 1 and len({rows for *_, rows in found}) == 1, found
        record = json.loads((folder / "publication.json").read_text())
        files = [folder / record["parquet"] / f"{mart}.parquet" for mart in marts]
        parquet = duckdb.execute("select distinct refresh_id from read_parquet(?)", [list(map(str, files))]).fetchall()
        assert parquet == [(record["refresh_id"],)], (parquet, record["refresh_id"])
        [seen_id] = ids
        seen[seen_id] = seen.get(seen_id, 0) + 1
    print(json.dumps(seen))
"""


@pytest.mark.long
def test_a_looping_reader_sees_ten_publications_and_no_mixture(settings: Settings, tmp_path: Path) -> None:
    publish_rows(settings, "r0", rows=20_000)
    stop = tmp_path / "stop"
    reader = python(READER, settings.published_dir, stop)
    for number in range(1, 11):
        publish_rows(settings, f"r{number}", rows=20_000 + number)
    stop.touch()
    output, errors = reader.communicate(timeout=60)
    assert reader.returncode == 0, errors
    seen = json.loads(output)
    assert set(seen) <= {f"r{number}" for number in range(11)}
    assert len(seen) > 1


def test_a_refresh_that_failed_before_anything_was_loaded_is_logged(tmp_path: Path) -> None:
    settings = Settings(landing=tmp_path, home=tmp_path / "a home")
    refresh = begin_refresh(settings, DAY, "r0", datetime(2024, 3, 16, 6))
    end_refresh(settings, refresh, "failed", detail="load: no invoices")
    rows = read(settings.landed_file, "select refresh_id, status, detail, landed_rows from raw.refreshes")
    assert rows == [("r0", "failed", "load: no invoices", 0)]


def test_the_refresh_log_says_how_it_went(settings: Settings) -> None:
    started_at = datetime(2024, 3, 16, 6)
    with duckdb.connect(settings.landed_file) as connection:
        connection.execute(
            "create table raw.loaded_files as select * from (values"
            " (timestamp '2024-03-15 06:00:00', 1000, 10), (timestamp '2024-03-16 06:00:00', 200, 2),"
            " (timestamp '2024-03-16 06:00:01', 30, 3)) as files (loaded_at, rows_loaded, rows_quarantined)"
        )
    begun = begin_refresh(settings, DAY, "r0", started_at)
    end_refresh(settings, begin_refresh(settings, DAY, "r1", started_at), "published", path="published/duebook.duckdb")
    end_refresh(settings, begin_refresh(settings, DAY, "r2", started_at), "failed", detail="the disk is full")
    rows = read(
        settings.landed_file,
        "select * exclude (as_of_date, known_as_of, started_at, ended_at), ended_at > started_at from raw.refreshes",
    )
    assert rows == [
        ("r0", "publishing", None, 230, 5, None, None),
        ("r1", "published", None, 230, 5, "published/duebook.duckdb", True),
        ("r2", "failed", "the disk is full", 230, 5, None, True),
    ]
    assert (begun.as_of_date, begun.started_at) == (DAY, started_at)


def test_a_table_that_an_older_duebook_made_gets_the_columns_it_lacks(tmp_path: Path) -> None:
    file = tmp_path / "landing.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute("create schema raw; create table raw.check_results (gate varchar)")
        connection.execute("insert into raw.check_results values ('arrivals')")
    create_table(file, "check_results", CheckResult)
    assert read(file, "select gate, accepted, refresh_id from raw.check_results") == [("arrivals", None, None)]

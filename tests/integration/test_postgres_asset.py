"""The publication in Postgres as Dagster runs it: when it does something, what it says, how its failure reads."""

import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import dagster as dg
import duckdb
import pytest

from orchestration.defs.publication.failed import log_failed_refresh
from orchestration.defs.publication.log import Refresh, append
from orchestration.defs.publication.postgres_asset import publish_in_postgres
from orchestration.defs.resources import OnlyWriter
from orchestration.refresh.arguments import PREFIX
from orchestration.refresh.failures import reasons, was_published
from orchestration.settings import get_settings
from tests.integration.postgres_server import PASSWORD, Database
from tests.integration.publications import DAY, Home

POSTGRES = dg.AssetKey(["published", "postgres"])


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def run(home: Home, url: str | None, monkeypatch: pytest.MonkeyPatch, day: date = DAY) -> dg.ExecuteInProcessResult:
    monkeypatch.setenv("DUEBOOK_HOME", str(home.settings.home))
    monkeypatch.setenv("DUEBOOK_LANDING", str(home.settings.landing))
    if url:
        monkeypatch.setenv("DUEBOOK_POSTGRES_URL", url)
    job = dg.Definitions(
        assets=[publish_in_postgres],
        jobs=[dg.define_asset_job("one", hooks={log_failed_refresh})],
        resources={"only_writer": OnlyWriter()},
        executor=dg.in_process_executor,
    ).resolve_job_def("one")
    run_id = str(uuid4())
    record = Refresh(f"{run_id}:{day}", day, None, datetime(2024, 3, 16, 6), status="published")
    append(home.settings.landed_file, "refreshes", [record])
    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(
            instance=instance, run_id=run_id, partition_key=day.isoformat(), raise_on_error=False
        )


@pytest.fixture
def home(tmp_path: Path, database: Database) -> Home:
    home = Home(tmp_path, database)
    home.build("r1")
    home.publish_file("r1")
    return home


def test_nothing_is_done_and_said_to_be_done_where_no_database_is_named(home, monkeypatch, capsys) -> None:
    result = run(home, None, monkeypatch)
    assert (result.success, result.asset_materializations_for_node("postgres")) == (True, [])
    assert "DUEBOOK_POSTGRES_URL is not set: nothing is published to Postgres." in capsys.readouterr().err
    assert home.tables() == {}


def test_the_publication_tells_its_day_its_place_and_its_rows(home, monkeypatch, capsys) -> None:
    result = run(home, home.database.url(), monkeypatch)
    [told] = result.asset_materializations_for_node("postgres")
    assert told.asset_key == POSTGRES
    assert told.metadata["as_of"].value == DAY.isoformat()
    assert told.metadata["dagster/row_count"].value == 400
    assert home.in_postgres() == {"r1"}
    assert PASSWORD not in capsys.readouterr().err + str(told)


def test_a_past_day_stays_out_of_postgres(home, monkeypatch, capsys) -> None:
    result = run(home, home.database.url(), monkeypatch, date(2024, 2, 29))
    assert (result.success, result.asset_materializations_for_node("postgres")) == (True, [])
    assert "Postgres keeps the current publication" in capsys.readouterr().err
    assert home.tables() == {}


def test_a_failure_is_one_line_that_says_what_stands(home, monkeypatch, capsys) -> None:
    result = run(home, home.database.url(password="wr0ng"), monkeypatch)
    assert not result.success
    [reason] = reasons(result)
    assert reason.startswith("Postgres: connection failed: ")
    assert reason.endswith("Postgres keeps what it had; the published file is the new one.")
    assert len(reason.splitlines()) == 1
    assert "wr0ng" not in reason + capsys.readouterr().err
    assert not was_published(result), "this run had no part that publishes the file"
    with duckdb.connect(home.settings.landed_file, read_only=True) as landed:
        [(status, detail)] = landed.execute("select status, detail from raw.refreshes").fetchall()
    assert status == "published"
    assert detail.startswith("postgres: ")
    assert "wr0ng" not in detail

"""The publication in Postgres as Dagster runs it: when it does something, what it says, how its failure reads."""

import os
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import dagster as dg
import duckdb
import pytest

from cli.arguments import PREFIX
from cli.refresh.reasons import reasons, was_published
from duebook.audit import read_lines
from duebook.refresh_log import Refresh, append
from duebook.settings import Settings
from orchestration.defs.failed_refresh import log_of_failed
from orchestration.defs.postgres import postgres_asset
from orchestration.defs.resources import only_writer_of
from tests.support.publications.postgres_server import PASSWORD, Database
from tests.support.publications.to_postgres import DAY, Home

POSTGRES = dg.AssetKey(["published", "postgres"])


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


# What the asset asks of the project: its keys, and which tables are personal.
GRAPH = SimpleNamespace(manifest={"nodes": {}}, keys_of=lambda schema: [])


def run(home: Home, url: str | None, day: date = DAY) -> dg.ExecuteInProcessResult:
    settings = Settings(home=home.settings.home, landing=home.settings.landing, postgres_url=url)
    job = dg.Definitions(
        assets=[postgres_asset(settings, GRAPH)],
        jobs=[dg.define_asset_job("one", hooks={log_of_failed(settings)})],
        resources={"only_writer": only_writer_of(settings)},
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


def test_nothing_is_done_and_said_to_be_done_where_no_database_is_named(home, capsys) -> None:
    result = run(home, None)
    assert (result.success, result.asset_materializations_for_node("postgres")) == (True, [])
    assert "DUEBOOK_POSTGRES_URL is not set: nothing is published to Postgres." in capsys.readouterr().err
    assert home.tables() == {}


def test_the_publication_tells_its_day_its_place_and_its_rows(home, capsys) -> None:
    result = run(home, home.database.url())
    [told] = result.asset_materializations_for_node("postgres")
    assert told.asset_key == POSTGRES
    assert told.metadata["as_of"].value == DAY.isoformat()
    assert told.metadata["dagster/row_count"].value == 400
    assert home.in_postgres() == {"r1"}
    [line] = read_lines(home.settings)
    events = [line.said[name] for name in ("event", "command", "subject")]
    assert events == ["published", "refresh", "r1 in Postgres"]
    assert PASSWORD not in capsys.readouterr().err + str(told)


def test_a_past_day_stays_out_of_postgres(home, capsys) -> None:
    result = run(home, home.database.url(), date(2024, 2, 29))
    assert (result.success, result.asset_materializations_for_node("postgres")) == (True, [])
    assert "Postgres keeps the current publication" in capsys.readouterr().err
    assert home.tables() == {}


def test_a_failure_is_one_line_that_says_what_stands(home, capsys) -> None:
    result = run(home, home.database.url(password="wr0ng"))
    assert not result.success
    [reason] = reasons(result)
    assert reason.startswith("Postgres: connection failed: ")
    assert reason.endswith("Postgres keeps its last publication; the new file is published.")
    assert len(reason.splitlines()) == 1
    assert "wr0ng" not in reason + capsys.readouterr().err
    assert not was_published(result), "this run had no part that publishes the file"
    with duckdb.connect(home.settings.landed_file, read_only=True) as landed:
        [(status, detail)] = landed.execute("select status, detail from raw.refreshes").fetchall()
    assert status == "published"
    assert detail.startswith("postgres: ")
    assert "wr0ng" not in detail

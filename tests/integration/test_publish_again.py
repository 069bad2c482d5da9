"""`duebook publish`: what the warehouse holds is published again, and only what gates have let through."""

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.exit_codes import ExitCode
from cli.main import app
from cli.refresh import command
from duebook.home import only_writer
from duebook.publication.record import unchanged_publication
from duebook.publication.reports import REPORTS, report_name, reports_in
from duebook.publication.targets import targets_of
from duebook.settings import SAMPLE_AS_OF, Settings
from duebook.warehouse.build_plan import is_whole, record_file
from tests.support.refreshes.running import marts
from tests.support.reports import read_page


@pytest.fixture
def home(first, tmp_path: Path) -> Settings:
    """A refreshed home."""
    copy = tmp_path / "a home"
    shutil.copytree(first[0].home, copy, symlinks=True)
    return Settings(home=copy)


def publish(home: Settings, *options: str) -> Result:
    return CliRunner().invoke(app, ["publish", "--home", str(home.home), *options])


def change_record(home: Settings, **values: object) -> None:
    file = record_file(home.warehouse_file)
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def test_the_same_marts_are_published_as_a_new_publication(home: Settings) -> None:
    before, marts_before = unchanged_publication(home.published_dir), marts(home.published_file)
    page, [report] = (home.dashboard_dir / "index.html").read_text(), reports_in(home.dashboard_dir)
    report_before = (home.dashboard_dir / REPORTS / report).read_bytes()
    done = publish(home, "--json")
    assert done.exit_code == ExitCode.DONE, done.output
    now = unchanged_publication(home.published_dir)
    answer = json.loads(done.stdout)
    assert (answer["as_of"], answer["postgres"]) == (str(SAMPLE_AS_OF), None)
    assert (answer["published"], answer["rows"]) == (str(home.published_file), now.row_counts)
    assert (now.published_at > before.published_at, now.as_of) == (True, before.as_of)
    assert marts(home.published_file) == marts_before
    assert {path.name for path in (home.published_dir / now.parquet).iterdir()} == {
        path.name for path in (home.published_dir / before.parquet).iterdir()
    }
    assert (home.dashboard_dir / "index.html").read_text() != page
    assert reports_in(home.dashboard_dir) == [report_name(now), report]
    assert (home.dashboard_dir / REPORTS / report).read_bytes() == report_before
    said = read_page(home.dashboard_dir / REPORTS / report_name(now)).titles
    assert {"Nothing new came in", "No check ran", "No KPI of June 2026 moved", "How long it took isn't known"} <= set(
        said
    )
    # The next refresh goes on from here.
    [target] = targets_of(home, [SAMPLE_AS_OF])
    assert json.loads(record_file(home.warehouse_file).read_text())["published_by"] == now.refresh_id
    assert is_whole(target)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"is_whole": False}, "its last build failed"),
        ({"left_as": "1:2, 3:4"}, "something else has written in it since"),
        ({"published_by": None}, "what it holds was never published, so a gate may have stopped it"),
        ({"made_from": "another project"}, "models, reference data, expectations or settings have changed"),
        ({"built_for": {"file_number": 1, "as_of": "2026-06-29"}}, "it holds 2026-06-29, and a later day is published"),
    ],
)
def test_what_is_not_whole_or_was_never_published_is_refused(home: Settings, values: dict, why: str) -> None:
    before = unchanged_publication(home.published_dir)
    change_record(home, **values)
    done = publish(home, "--json")
    assert (done.exit_code, done.stdout) == (ExitCode.FAILED, "")
    assert done.stderr.startswith("Nothing was published: ")
    assert why in done.stderr
    assert unchanged_publication(home.published_dir) == before


def test_a_warehouse_that_is_gone_is_refused(home: Settings) -> None:
    shutil.rmtree(home.warehouse_file.parent)
    assert "has been finished. Run `make refresh`." in publish(home).stderr


def test_while_another_writes_nothing_is_published(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duebook.home._held_by_this_process", set())
    with only_writer(home):
        monkeypatch.setattr("duebook.home._held_by_this_process", set())
        done = publish(home)
    assert (done.exit_code, done.stderr.endswith("Nothing was done.\n")) == (ExitCode.BUSY, True)


@pytest.mark.long
def test_a_postgres_that_cannot_be_reached_is_a_failure_and_the_file_is_the_new_one(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = unchanged_publication(home.published_dir)
    monkeypatch.setenv("DUEBOOK_POSTGRES_URL", "postgresql://nobody@127.0.0.1:1/none")
    done = publish(home)
    assert (done.exit_code, "Postgres keeps what it had" in done.stderr) == (ExitCode.FAILED, True)
    assert unchanged_publication(home.published_dir).published_at > before.published_at


@pytest.mark.parametrize(("problems", "status", "code"), [([], "published", 0), (["No"], "failed", 1)])
def test_json_of_a_refresh_is_one_document_with_its_status_and_kpis(
    home: Settings, monkeypatch: pytest.MonkeyPatch, problems: list[str], status: str, code: int
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", os.environ.get("DAGSTER_HOME", ""))
    monkeypatch.setattr(command, "run_job", lambda *_: (problems, home.published_file, not problems))
    done = CliRunner().invoke(app, ["refresh", "--home", str(home.home), "--json"])
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["status"], answer["problems"]) == (code, status, problems)
    assert (answer["as_of"], answer["published_file"]) == (str(SAMPLE_AS_OF), str(home.published_file))
    dso = [row["value"] for row in answer["kpis"] if row["kpi_id"] == "dso" and row["month_end"] == "2026-05-31"]
    assert dso == ([pytest.approx(47.25, abs=0.01)] if not problems else [])
    assert "Refreshing for 2026-06-30" in done.stderr

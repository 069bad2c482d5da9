"""What is logged, and what the caller is told, if publishing a build fails before or after readers have it.

Not here: what a failure leaves of the files (test_publication.py, test_publication_killed.py).
"""

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from cli.exit_codes import CommandError
from cli.publish import publish_files
from duebook.audit import read_lines
from duebook.publication.record import Publication, read_publication
from duebook.settings import Settings
from duebook.warehouse.build_plan import NotPublishableError, is_whole, record_file
from duebook.warehouse.publishing import PublishedThenFailedError, publish_build
from tests.support.built_home import DAY, NEXT, Home
from tests.support.publications.to_files import build, leftovers, read, refresh_ids

STARTED = datetime(2024, 5, 1, 6)


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which one refresh has been published, and another one is built."""
    home = Home(tmp_path_factory.mktemp("published") / "a home")
    build_marts(home, "r1")
    publish(home, "r1")
    build_marts(home, "r2")
    return home


@pytest.fixture
def home(published_once: Home, tmp_path: Path) -> Home:
    """A copy of it."""
    return published_once.copied_to(tmp_path / "a home")


def build_marts(home: Home, refresh_id: str) -> None:
    plan = home.plan(DAY)
    plan.begin()
    build(home.target, refresh_id, rows=10)
    plan.end(went_well=True)


def write_page(database: Path, publication: Publication, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(publication.refresh_id)


def publish(home: Home, refresh_id: str, write_site: Callable[..., None] = write_page) -> Publication:
    return publish_build(home.settings, home.target, refresh_id, STARTED, write_site, {}, "refresh")


def logged(settings: Settings) -> list[tuple]:
    of_refresh = "select refresh_id, status, detail, published_path from raw.refreshes order by 1"
    return read(settings.landed_file, of_refresh)


def audited(settings: Settings) -> list[tuple]:
    """The events of what has come after the first publication."""
    return [(line.said["event"], line.said["command"], line.said["subject"]) for line in read_lines(settings)][2:]


def published_by(home: Home) -> str | None:
    return json.loads(record_file(home.settings.warehouse_file).read_text())["published_by"]


BEGUN, DONE = ("publishing", "refresh", "r2"), ("published", "refresh", "r2")
R1 = ("r1", "published", None, "published/duebook.duckdb")


def put_a_file_where_the_dashboard_goes(settings: Settings) -> None:
    shutil.rmtree(settings.dashboard_dir)
    settings.dashboard_dir.write_text("mine")


def test_a_build_is_published_logged_and_noted(home: Home) -> None:
    assert publish(home, "r2").refresh_id == "r2"
    assert logged(home.settings) == [R1, ("r2", "published", None, "published/duebook.duckdb")]
    assert (published_by(home), is_whole(home.target)) == ("r2", True)
    assert audited(home.settings) == [BEGUN, DONE]
    # The publication has what was logged before it, itself included.
    events = "select event, subject from raw.audit_events order by logged_at"
    assert read(home.settings.landed_file, events) == [("publishing", "r1"), ("published", "r1"), ("publishing", "r2")]


def test_nothing_is_published_that_can_not_be_logged_as_begun(home: Home) -> None:
    home.settings.audit_file.unlink()
    home.settings.audit_file.mkdir()
    with pytest.raises(IsADirectoryError, match=r"audit\.jsonl"):
        publish(home, "r2")
    assert refresh_ids(home.settings.published_file) == {"r1"}


def test_a_failure_before_readers_have_it_is_logged_as_one(home: Home) -> None:
    def full_disk(*_: object) -> None:
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        publish(home, "r2", full_disk)
    assert logged(home.settings) == [R1, ("r2", "failed", "publishing: No space left on device", None)]
    assert (refresh_ids(home.settings.published_file), published_by(home)) == ({"r1"}, None)
    assert audited(home.settings) == [BEGUN]


def test_a_failure_after_readers_have_it_leaves_a_published_refresh(home: Home) -> None:
    put_a_file_where_the_dashboard_goes(home.settings)
    with pytest.raises(PublishedThenFailedError, match="File exists") as failure:
        publish(home, "r2")
    assert failure.value.publication == read_publication(home.settings.published_dir)
    assert (refresh_ids(home.settings.published_file), published_by(home)) == ({"r2"}, "r2")
    [first, (refresh_id, status, detail, path)] = logged(home.settings)
    assert (first, refresh_id, status, path) == (R1, "r2", "published", "published/duebook.duckdb")
    assert detail.startswith("after publishing: ")
    assert leftovers(home.settings) == []
    assert audited(home.settings) == [BEGUN, DONE]


def test_a_log_that_cannot_be_written_does_not_hide_the_publication(home: Home) -> None:
    def lose_the_log(database: Path, publication: Publication, folder: Path) -> None:
        write_page(database, publication, folder)
        home.settings.landed_file.unlink()
        home.settings.landed_file.mkdir()

    with pytest.raises(PublishedThenFailedError) as failure:
        publish(home, "r2", lose_the_log)
    assert (failure.value.publication.refresh_id, refresh_ids(home.settings.published_file)) == ("r2", {"r2"})


def test_a_log_that_cannot_be_written_does_not_hide_why_publishing_failed(home: Home) -> None:
    def lose_the_log_and_fail(*_: object) -> None:
        home.settings.landed_file.unlink()
        home.settings.landed_file.mkdir()
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        publish(home, "r2", lose_the_log_and_fail)
    assert refresh_ids(home.settings.published_file) == {"r1"}


def test_marts_of_a_build_that_failed_are_not_published(home: Home) -> None:
    home.build(NEXT, went_well=False)
    with pytest.raises(
        NotPublishableError, match=r"to_publish\.duckdb holds no complete build of 2024-04-30: some models"
    ):
        publish(home, "r3")
    assert [row[1] for row in logged(home.settings)] == ["published", "failed"]
    assert refresh_ids(home.settings.published_file) == {"r1"}


def test_the_command_says_which_publication_readers_have(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    # The dashboard of the project can't be made from these marts.
    with pytest.raises(CommandError, match=r"What was published before stands as it was\.$"):
        publish_files(home.settings, home.target, {})
    monkeypatch.setattr("cli.publish.write_site", lambda *site, run: write_page(*site))
    put_a_file_where_the_dashboard_goes(home.settings)
    with pytest.raises(CommandError, match=r"File exists.*The new publication is there all the same\.$"):
        publish_files(home.settings, home.target, {})

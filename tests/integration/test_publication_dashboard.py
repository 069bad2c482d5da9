"""The dashboard is published with the marts: both new or both old, and nobody who looks at it gets a mixture."""

import threading
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from duebook.publication.publish import publish
from duebook.publication.record import Publication, read_publication
from duebook.publication.targets import targets_of
from duebook.publication.versions import version_name
from duebook.refresh_log import Refresh
from duebook.settings import Settings
from expectations.run_gates import prepare_records

DAY = date(2024, 3, 15)
EARLIER = date(2024, 2, 29)
LONG_AGO = datetime(2024, 1, 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path, landing=tmp_path, as_of=DAY)
    prepare_records(settings)
    return settings


def write_site(database: Path, publication: Publication, folder: Path) -> None:
    """A site of two files, both of which name the refresh; it reads the copy that is about to be published."""
    with duckdb.connect(database, read_only=True) as marts:
        [(refresh_id,)] = marts.execute("select refresh_id from marts.dso_monthly").fetchall()
    version = version_name(publication.published_at)
    (folder / version / "pages").mkdir(parents=True)
    (folder / version / "pages" / "data.js").write_text(refresh_id)
    (folder / "index.html").write_text(f"{version} {refresh_id}")


def look(dashboard: Path) -> tuple[str, str]:
    """Load the page, then what it names; returns the refresh each speaks of."""
    version, refresh_id = (dashboard / "index.html").read_text().split()
    return refresh_id, (dashboard / version / "pages" / "data.js").read_text()


def publish_one(settings: Settings, refresh_id: str, day: date = DAY, writer=write_site) -> Path:
    [target] = targets_of(settings, [day])
    target.marts_file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(target.marts_file) as warehouse:
        warehouse.execute("create schema if not exists marts")
        warehouse.execute(f"create or replace table marts.dso_monthly as select '{refresh_id}' as refresh_id")
    publish(settings, target, Refresh(refresh_id, day, None, datetime(2024, 3, 16, 6)), writer)
    return target.published_dir / "dashboard"


def test_it_is_made_from_the_marts_it_is_published_with(settings: Settings) -> None:
    dashboard = publish_one(settings, "r1")
    assert dashboard == settings.dashboard_dir
    assert look(dashboard) == ("r1", "r1")


def test_a_dashboard_that_can_not_be_built_leaves_the_publication_untouched(settings: Settings) -> None:
    dashboard = publish_one(settings, "r1")

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space left"):
        publish_one(settings, "r2", writer=fail)
    assert look(dashboard) == ("r1", "r1")
    assert read_publication(settings.published_dir).refresh_id == "r1"
    assert not (settings.published_dir / ".publishing").exists()


def test_who_opened_the_page_before_gets_the_files_that_belong_to_it(settings: Settings) -> None:
    dashboard = publish_one(settings, "r1")
    opened = (dashboard / "index.html").read_text().split()[0]
    publish_one(settings, "r2")
    assert (dashboard / opened / "pages" / "data.js").read_text() == "r1"
    assert look(dashboard) == ("r2", "r2")


def test_files_of_dashboards_replaced_long_ago_go(settings: Settings) -> None:
    older, before = (settings.dashboard_dir / version_name(LONG_AGO.replace(day=day)) for day in (1, 2))
    for folder in (older, before):
        folder.mkdir(parents=True)
    dashboard = publish_one(settings, "r1")
    assert sorted(path.name for path in dashboard.iterdir() if path.is_dir()) == [
        before.name,
        (dashboard / "index.html").read_text().split()[0],
    ]


def test_a_past_day_has_its_own(settings: Settings) -> None:
    current, past = publish_one(settings, "r1"), publish_one(settings, "r2", day=EARLIER)
    assert past == settings.past_published_dir(EARLIER) / "dashboard"
    assert (look(current), look(past)) == (("r1", "r1"), ("r2", "r2"))


def test_whoever_looks_during_ten_publications_never_sees_a_mixture(settings: Settings) -> None:
    dashboard = publish_one(settings, "r0")
    seen: list[tuple[str, str]] = []
    over = threading.Event()

    def keep_looking() -> None:
        while not over.is_set():
            seen.append(look(dashboard))
        seen.append(look(dashboard))

    looking = threading.Thread(target=keep_looking)
    looking.start()
    for number in range(1, 11):
        publish_one(settings, f"r{number}")
    over.set()
    looking.join()
    assert [pair for pair in seen if len(set(pair)) > 1] == []
    assert seen[-1] == ("r10", "r10")

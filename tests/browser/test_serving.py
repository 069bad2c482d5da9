"""The command that builds and serves, and the published site over a web server."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from cli.dashboard import build, server
from cli.main import app
from duebook.home import only_writer
from duebook.settings import Settings
from tests.support.dashboard import Dashboard

pytestmark = pytest.mark.long


@pytest.fixture
def home(first, tmp_path: Path) -> Settings:
    """A home with a publication, and no dashboard yet."""
    settings = Settings(home=tmp_path)
    settings.published_dir.mkdir()
    for file in (first[0].published_file, first[0].published_dir / "publication.json"):
        shutil.copy(file, settings.published_dir)
    return settings


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """The published dashboard on a web server."""
    with server(site, 0) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()
        thread.join()


def test_it_is_served_to_this_machine_only_and_asks_for_nothing_else(address: str, browser: Browser) -> None:
    context = browser.new_context()
    dashboard = Dashboard(context.new_page(), address)
    dashboard.open("overview?segment=retail")
    assert dashboard.page.locator(".scope").inner_text() == "June 2026, all companies, retail"
    context.close()
    assert dashboard.problems == []


def test_a_taken_port_gives_way_to_a_free_one(site: Path) -> None:
    with server(site, 0) as taken, server(site, taken.server_port) as other:
        assert other.server_port != taken.server_port
        assert other.server_address[0] == "127.0.0.1"


def test_the_dashboard_is_built_where_it_is_published(home: Settings) -> None:
    page = build(home)
    assert page == home.published_dir / "dashboard" / "index.html"
    [version] = [path for path in page.parent.iterdir() if path.is_dir()]
    assert f'src="{version.name}/data.js"' in page.read_text()
    assert sorted(path.name for path in home.published_dir.iterdir()) == [
        "dashboard", "duebook.duckdb", "publication.json",
    ]  # fmt: skip


def test_while_a_refresh_runs_the_published_dashboard_is_shown(home: Settings, tmp_path: Path, monkeypatch) -> None:
    page = build(home)
    before = page.read_text()
    monkeypatch.setattr("duebook.home._held_by_this_process", set())
    with only_writer(home):
        monkeypatch.setattr("duebook.home._held_by_this_process", set())
        assert build(home) == page
    assert page.read_text() == before


def test_without_a_publication_it_says_what_to_do(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("DUEBOOK_HOME", str(tmp_path))
    assert app(["dashboard", "--build-only"], standalone_mode=False) == 1
    assert capsys.readouterr().err == f"Nothing is published in {tmp_path} yet: run `make refresh` first.\n"

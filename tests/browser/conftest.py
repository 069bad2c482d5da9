"""The dashboard in a real browser: Debian's Chromium, driven by playwright, with what must be true of every page."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.support.dashboard import Dashboard

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# A container has neither the kernel's sandbox nor a graphics card, and nothing here may talk to the net.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the screenshots of README.md go; `make screenshots` says it."""
    parser.addoption("--screenshots", type=Path, default=None, help="folder for the screenshots README.md shows")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser of this machine; without one these tests are skipped, and say so."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip(f"no browser on this machine (looked for {', '.join(BROWSERS)}): apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*ARGUMENTS])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(first) -> Path:
    """The dashboard as the refresh published it."""
    settings, _, _ = first
    return settings.dashboard_dir


@pytest.fixture(scope="session")
def marts(first) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts, to hold figures on screen against."""
    settings, _, _ = first
    with duckdb.connect(settings.published_file, read_only=True) as connection:
        yield connection


@contextmanager
def looking_at(browser: Browser, folder: Path, viewport: ViewportSize = DESKTOP, **context: str) -> Iterator[Dashboard]:
    """Open a dashboard from disk; at the end it may have logged no error and asked for nothing outside its folder."""
    opened = browser.new_context(viewport=viewport, **context)
    dashboard = Dashboard(opened.new_page(), (folder / "index.html").as_uri())
    dashboard.open()
    yield dashboard
    opened.close()
    assert dashboard.problems == []


@pytest.fixture
def open_dashboard(browser: Browser) -> Iterator[Callable[..., Dashboard]]:
    """Opens dashboards, each with what must be true of it at the end."""
    with ExitStack() as opened:
        yield lambda folder, **how: opened.enter_context(looking_at(browser, folder, **how))


@pytest.fixture(scope="session")
def dashboard(browser: Browser, site: Path) -> Iterator[Dashboard]:
    """The published dashboard, open for all tests."""
    with looking_at(browser, site) as dashboard:
        yield dashboard


@pytest.fixture(scope="session")
def phone(browser: Browser, site: Path) -> Iterator[Dashboard]:
    """The published dashboard on a phone, by night."""
    with looking_at(browser, site, viewport=PHONE, color_scheme="dark") as dashboard:
        yield dashboard

"""The report of a refresh in a browser: the dashboard leads to it and back, and everybody can read it.

Not here: its figures (tests/integration/test_refresh_report.py).
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from duebook.publication.reports import LIST, REPORTS
from tests.support.dashboard import Dashboard

pytestmark = pytest.mark.long

PHONE, SHEET = {"width": 360, "height": 740}, {"width": 718, "height": 1040}
OUTSIDE = """() => [...document.querySelectorAll('.card, .scroll')]
    .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth).length"""
CUT_OFF = """() => [...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth)
    .map((one) => one.getAttribute('aria-label'))"""


@pytest.fixture
def dashboard(site: Path, open_dashboard: Callable[..., Dashboard]) -> Dashboard:
    """The published dashboard, at its page Quality; nothing of what is opened from it may ask for anything outside."""
    opened = open_dashboard(site)
    opened.go("quality")
    return opened


def test_the_dashboard_leads_to_it_from_every_page_and_it_leads_back(dashboard: Dashboard) -> None:
    look = dashboard.page
    look.locator("footer").get_by_role("link", name="This refresh").click()
    assert look.locator("h1").inner_text() == "This refresh"
    look.get_by_role("link", name="All refreshes").click()
    look.get_by_role("region", name="Refreshes that published").get_by_role("link").first.click()
    assert look.locator("h1").inner_text() == "This refresh"
    look.get_by_role("link", name="Dashboard").click()
    dashboard.wait()
    dashboard.go("quality")
    look.locator("main").get_by_role("link", name="all refreshes").click()
    assert look.url.endswith(f"/{REPORTS}/{LIST}")


def test_it_has_landmarks_headings_and_tables_that_are_named(dashboard: Dashboard) -> None:
    look = dashboard.page
    look.locator("footer").get_by_role("link", name="This refresh").click()
    assert [look.get_by_role(role).count() for role in ("banner", "navigation", "main", "contentinfo")] == [1, 1, 1, 1]
    assert look.locator("html[lang=en] h1").count() == 1
    tables = look.get_by_role("table")
    assert tables.count() >= 8
    assert look.evaluate("[...document.querySelectorAll('table')].filter((one) => !one.caption.innerText).length") == 0
    assert look.locator("tbody tr").count() == look.locator("tbody th[scope=row]").count()
    ids = look.evaluate("[...document.querySelectorAll('[id]')].map(({ id }) => id)")
    assert len(ids) == len(set(ids))
    inside = look.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].map((one) => one.hash.slice(1))")
    assert len(inside) == 7 and set(inside) <= set(ids)


def test_it_can_be_read_by_keyboard(dashboard: Dashboard) -> None:
    look = dashboard.page
    look.locator("footer").get_by_role("link", name="This refresh").click()
    look.keyboard.press("Tab")
    assert look.evaluate("document.activeElement.textContent") == "Skip to the figures"
    look.keyboard.press("Enter")
    look.keyboard.press("Tab")
    assert look.evaluate("document.activeElement.closest('.attention') !== null")
    look.keyboard.press("Enter")
    assert look.url.endswith("#came-in")


def test_a_phone_and_paper_show_all_of_it(dashboard: Dashboard) -> None:
    look = dashboard.page
    look.locator("footer").get_by_role("link", name="This refresh").click()
    look.set_viewport_size(PHONE)
    assert look.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert look.evaluate(OUTSIDE) == 0
    look.emulate_media(media="print")
    look.set_viewport_size(SHEET)
    assert look.evaluate("document.documentElement.scrollWidth") <= SHEET["width"]
    assert look.evaluate(CUT_OFF) == []
    assert not look.locator("nav").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_the_colours_of_the_dashboard(dashboard: Dashboard, scheme: str) -> None:
    look = dashboard.page
    look.emulate_media(color_scheme=scheme)
    colours = "getComputedStyle(document.documentElement).getPropertyValue('--text')"
    of_dashboard = look.evaluate(colours)
    look.locator("footer").get_by_role("link", name="This refresh").click()
    assert look.evaluate(colours) == of_dashboard

"""The screenshots README.md and the guide show: taken here, to be taken again; kept where `--screenshots` says."""

from pathlib import Path

import pytest

from tests.support.dashboard import PAGES, Dashboard

pytestmark = pytest.mark.long

# README.md is read on slow lines, too.
LARGEST = 200_000
WIDTH, HEIGHT = 1080, 720
# Tables that would have to be scrolled to be read.
CUT_OFF = """[...document.querySelectorAll('.scroll')]
    .filter(part => part.checkVisibility() && part.scrollWidth > part.clientWidth).length"""


@pytest.mark.parametrize(
    ("name", "device", "page"), [*((page, "dashboard", page) for page in PAGES), ("phone", "phone", "overview")]
)
def test_a_screenshot_is_taken_and_small(
    request: pytest.FixtureRequest, tmp_path: Path, name: str, device: str, page: str
) -> None:
    folder = request.config.getoption("--screenshots", default=None) or tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    dashboard: Dashboard = request.getfixturevalue(device)
    usual = dashboard.page.viewport_size
    dashboard.page.set_viewport_size({"width": min(usual["width"], WIDTH), "height": HEIGHT})
    dashboard.open(page)
    shot = dashboard.page.screenshot(path=folder / f"dashboard-{name}.png")
    cut_off = dashboard.page.evaluate(CUT_OFF)
    dashboard.page.set_viewport_size(usual)
    assert cut_off == 0
    assert shot.startswith(b"\x89PNG")
    assert 10_000 < len(shot) < LARGEST

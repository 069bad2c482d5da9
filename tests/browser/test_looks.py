"""Legible for everybody: screen readers, light and dark, a phone, paper."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.dashboard import PAGES, Dashboard

pytestmark = pytest.mark.long

# Contrast the WCAG ask for: of text, level AA; of a graphic's parts.
OF_TEXT, OF_GRAPHICS = 4.5, 3.0
# What A4 has room for between its margins, in the pixels of a page.
SHEET = {"width": 718, "height": 1040}
# What reaches over the right edge of the card it stands in, and labels of an axis that reach into the next.
CUT_OFF = """() => [...document.querySelectorAll('.card *, .tile *')].filter((one) => one.checkVisibility()
    && !one.closest('caption, defs, clipPath, details')
    && one.getBoundingClientRect().right > one.closest('.card, .tile').getBoundingClientRect().right)
    .map((one) => one.outerHTML.slice(0, 80))"""
OVERLAPPING = """() => [...document.querySelectorAll('.plot')].flatMap((plot) => {
    const boxes = [...plot.querySelectorAll('.xtick text')].map((one) => one.getBoundingClientRect());
    const meet = (one, other) => one.left < other.right && one.top < other.bottom;
    return boxes.filter((box, place) => place && meet(box, boxes[place - 1]));
}).length"""
TEXTS = ("text", "muted", "link", "good", "bad", "warn")
CONTRAST = """([ink, paper]) => {
    const style = getComputedStyle(document.documentElement);
    const luminance = (name) => {
        const hex = style.getPropertyValue(`--${name}`).trim();
        const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
        const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        const [red, green, blue] = parts.map(linear);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const [light, dark] = [luminance(ink), luminance(paper)].sort((one, other) => other - one);
    return (light + 0.05) / (dark + 0.05);
}"""


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_landmarks_labels_and_one_heading(dashboard: Dashboard, page: str) -> None:
    dashboard.go(page)
    look = dashboard.page
    assert [look.get_by_role(role).count() for role in ("banner", "navigation", "main", "contentinfo")] == [1, 1, 1, 1]
    assert look.locator("h1").count() == 1
    assert look.locator("[aria-current=page]").inner_text().lower() == page
    assert look.evaluate("[...document.querySelectorAll('select')].filter((one) => !one.labels.length).length") == 0
    assert (
        look.evaluate("[...document.querySelectorAll('button, a')].filter((one) => !one.textContent.trim()).length")
        == 0
    )
    ids = look.evaluate("[...document.querySelectorAll('[id]')].map(({ id }) => id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("page", PAGES[:-1])
def test_every_chart_says_what_it_says_and_has_its_figures_as_a_table(dashboard: Dashboard, page: str) -> None:
    dashboard.go(page)
    charts = dashboard.page.locator("figure.chart")
    assert charts.count() >= 2
    for chart in charts.all():
        title = chart.locator("h2").inner_text()
        assert len(title.split()) >= 4
        assert title in chart.get_by_role("img").first.get_attribute("aria-label")
        rows = dashboard.table(chart.get_attribute("id"))
        assert rows and all(len(row) >= 2 for row in rows)


@pytest.mark.parametrize("page", PAGES[:-1])
def test_every_axis_of_amounts_names_its_unit(dashboard: Dashboard, page: str) -> None:
    dashboard.go(page)
    axes = dashboard.page.evaluate(
        "[...document.querySelectorAll('.plot')].map(({ layout }) => [layout.xaxis, layout.yaxis]"
        ".filter(({ type, title }) => type !== 'category' && !title?.text).length)"
    )
    assert axes and set(axes) == {0}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_marks_stand_out_in_light_and_dark(dashboard: Dashboard, scheme: str) -> None:
    dashboard.page.emulate_media(color_scheme=scheme)
    papers = ("card", "page")
    found = {(ink, paper): dashboard.page.evaluate(CONTRAST, [ink, paper]) for ink in TEXTS for paper in papers}
    assert {pair: contrast for pair, contrast in found.items() if contrast < OF_TEXT} == {}
    marks = {ink: dashboard.page.evaluate(CONTRAST, [ink, "card"]) for ink in ("calm", "loud", "third")}
    assert {ink: contrast for ink, contrast in marks.items() if contrast < OF_GRAPHICS} == {}


def test_charts_take_the_colours_when_these_change(dashboard: Dashboard) -> None:
    dashboard.go("overview")
    label = dashboard.page.locator(".plot .xtick text").first
    for scheme, ink in (("dark", "rgb(232, 236, 240)"), ("light", "rgb(27, 33, 39)")):
        dashboard.page.emulate_media(color_scheme=scheme)
        expect(label).to_have_css("fill", ink)


@pytest.mark.parametrize("page", PAGES)
def test_a_phone_shows_all_without_scrolling_sideways(phone: Dashboard, page: str) -> None:
    phone.go(page)
    width = phone.page.viewport_size["width"]
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= width
    edges = "[...document.querySelectorAll('.card, .tile, .plot')].map((one) => one.getBoundingClientRect().right)"
    assert max(phone.page.evaluate(edges)) <= width


def test_paper_is_light_says_what_it_shows_and_has_no_controls(phone: Dashboard) -> None:
    phone.go("overview?segment=retail")
    phone.page.emulate_media(media="print")
    expect(phone.page.locator(".plot .xtick text").first).to_have_css("fill", "rgb(27, 33, 39)")
    for gone in ("nav", "form", "summary"):
        assert not phone.page.locator(gone).first.is_visible()
    assert phone.page.locator(".scope").inner_text() == "June 2026, all companies, retail"
    phone.page.emulate_media(media="screen")


@pytest.mark.parametrize("page", PAGES)
def test_paper_cuts_nothing_off_and_every_label_can_be_read(dashboard: Dashboard, page: str) -> None:
    dashboard.go(page)
    usual = dashboard.page.viewport_size
    dashboard.page.emulate_media(media="print")
    dashboard.page.set_viewport_size(SHEET)
    dashboard.wait()
    assert dashboard.page.evaluate("document.documentElement.scrollWidth") <= SHEET["width"]
    assert dashboard.page.evaluate(CUT_OFF) == []
    assert dashboard.page.evaluate(OVERLAPPING) == 0
    dashboard.page.set_viewport_size(usual)
    dashboard.page.emulate_media(media="screen")


def test_what_is_printed_was_drawn_for_the_sheet_and_the_screen_is_as_before(
    site: Path, open_dashboard: Callable[[Path], Dashboard]
) -> None:
    # One that was never told which medium to show: that would hold for printing, too.
    dashboard = open_dashboard(site)
    dashboard.go("receivables")
    width = "document.querySelector('.plot').layout.width ?? 'as wide as the card'"
    dashboard.page.evaluate(
        f"window.seen = []; addEventListener('afterprint', () => window.seen.push({width}), {{ once: true }})"
    )
    drawn = dashboard.page.locator(".plot .main-svg").first
    before = drawn.bounding_box()["width"]
    assert dashboard.page.pdf(format="A4").startswith(b"%PDF")
    assert dashboard.page.evaluate("window.seen") == [640]
    dashboard.wait()
    assert drawn.bounding_box()["width"] == before > 640

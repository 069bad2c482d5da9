"""Forecasts that were frozen stand beside what became of them, and beside the baseline."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from dashboard.site import write_site
from duebook.publication.record import read_publication
from tests.support.dashboard import Dashboard, number, plain
from tests.support.past_forecasts import WEEKS, put_a_past_into
from tests.support.publications.changed import changing

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def publication(first, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published file with frozen forecasts of the months before, which the sample's first day can't have."""
    settings, _, _ = first
    file = Path(shutil.copy(settings.published_file, tmp_path_factory.mktemp("past")))
    with changing(file) as connection:
        put_a_past_into(connection)
    return file


@pytest.fixture(scope="module")
def site(first, publication: Path) -> Path:
    """Its dashboard."""
    settings, _, _ = first
    folder = publication.with_name("site")
    write_site(publication, read_publication(settings.published_dir), folder)
    return folder


@pytest.fixture(scope="module")
def marts(publication: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(publication, read_only=True) as connection:
        yield connection


@pytest.fixture
def dashboard(open_dashboard: Callable[..., Dashboard], site: Path) -> Dashboard:
    return open_dashboard(site)


@pytest.mark.parametrize(
    ("address", "scope"), [("forecast", "portfolio"), ("forecast?segment=retail", "segment:retail")]
)
def test_past_weeks_have_what_was_said_a_week_before_and_what_came_in(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, address: str, scope: str
) -> None:
    expected = marts.execute(
        "select from_open_items, p10, p90, cash from marts.cash_forecast_outcomes where scope = ? and week = 1"
        " order by as_of_date",
        [scope],
    ).fetchall()
    [(within,)] = marts.execute(
        "select count(*) from marts.cash_forecast_outcomes where scope = ? and week = 1 and cash between p10 and p90",
        [scope],
    ).fetchall()
    dashboard.go(address)
    rows = dashboard.table("cash-by-week")
    assert (len(rows), len(expected)) == (WEEKS + 13, WEEKS)
    for row, amounts in zip(rows, expected, strict=False):
        shown = [row[1], *row[2].split(" to "), row[3]]
        assert [number(cell.removeprefix("EUR ")) for cell in shown] == [
            pytest.approx(float(amount), abs=0.501) for amount in amounts
        ]
    said = plain(dashboard.page.locator("#cash-by-week .note").inner_text())
    assert f"Of {WEEKS} weeks that are over {within} brought an amount between" in said


def test_days_off_by_frozen_month_stand_beside_the_baseline_s(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection
) -> None:
    expected = marts.execute(
        "select n, n_open_still, value, baseline_value from marts.forecast_accuracy"
        " where scope = 'portfolio' and measure = 'mae_days' order by as_of_date desc"
    ).fetchall()
    dashboard.go("forecast")
    shown = [[number(cell) for cell in row[1:]] for row in dashboard.table("error-over-time")]
    assert len(expected) == 12
    assert shown == [[pytest.approx(figure, abs=0.0501) for figure in row] for row in expected]


def test_a_forecast_that_does_not_beat_its_baseline_says_so(dashboard: Dashboard) -> None:
    dashboard.go("forecast")
    said = plain(dashboard.page.locator("#no-better-than-baseline").inner_text())
    assert said.startswith("The forecast does not beat its baseline, each customer's median, in: days off, on average")
    assert said.count("frozen on 31 May 2026") == 2
    assert "The forecast beats its baseline in 0 of 2 measures of error" in dashboard.titles()


def test_a_score_that_is_not_known_yet_says_why(dashboard: Dashboard) -> None:
    dashboard.go("forecast")
    scores = {row[0]: row[1:] for row in dashboard.rows_of("How good forecasts were")}
    assert scores["The same, 13 weeks"] == [
        "31 May 2026",
        "4 weeks",
        "Too early: not enough of it is known yet.",
        "n/a",
        "",
    ]
    assert [row[-1] for row in scores.values()] == ["No", "No", ""]


def test_probabilities_stand_beside_what_came_true(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    expected = marts.execute(
        "select n, 100 * said, 100 * share_late from marts.forecast_calibration where scope = 'company:CO01'"
        " order by late_by, band"
    ).fetchall()
    dashboard.go("forecast?company=CO01")
    shown = [[number(cell) for cell in row[1:]] for row in dashboard.table("reliability")]
    assert shown == [[n, *(pytest.approx(float(share), abs=0.0501) for share in shares)] for n, *shares in expected]


def test_a_forecast_that_beats_its_baseline_everywhere_is_no_warning(
    first, publication: Path, tmp_path: Path, open_dashboard: Callable[..., Dashboard]
) -> None:
    settings, _, _ = first
    file = Path(shutil.copy(publication, tmp_path))
    with duckdb.connect(file) as connection:
        connection.execute("delete from marts.forecast_accuracy where not coalesce(beats_baseline, false)")
    write_site(file, read_publication(settings.published_dir), tmp_path / "site")
    dashboard = open_dashboard(tmp_path / "site")
    dashboard.go("forecast")
    assert dashboard.page.locator("#no-better-than-baseline").count() == 0
    assert "The forecast beats its baseline in 2 of 2 measures of error" in dashboard.titles()


def test_a_phone_shows_past_forecasts_without_scrolling_sideways(
    site: Path, open_dashboard: Callable[..., Dashboard]
) -> None:
    phone = open_dashboard(site, viewport={"width": 360, "height": 740}, color_scheme="dark")
    phone.go("forecast")
    edges = "[...document.querySelectorAll('.card, .plot')].map((one) => one.getBoundingClientRect().right)"
    assert max(phone.page.evaluate(edges)) <= 360
    assert phone.page.locator("figure.chart .plot .main-svg").count() >= 3

"""Filters of declared dimensions: what can be split by one shows its value, what can't says so."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from dashboard.axes import MONTHS_OF_VALUES
from dashboard.site import write_site
from duebook.publication.record import read_publication
from tests.support.dashboard import NO_VALUE, Dashboard, number, plain
from tests.support.publications.changed import MONTH, changing

pytestmark = pytest.mark.long

# Whose an invoice is by the end of its id; the last has none. One is what a masked name becomes.
PEOPLE = ("Anna", "Ben & <b>co</b>?", "#3f9a0c1b22")
TILES = {
    "overview": ("dso", "best_possible_dso", "average_days_delinquent", "cei", "delinquency_rate_amount"),
    "receivables": ("serious_delinquency_rate", "cei", "delinquency_rate_amount"),
}
NOT_MADE = "It isn't made by values of declared dimensions."


@pytest.fixture(scope="module")
def publication(first, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published file with two dimensions of invoices: four salespersons, of whom one is nobody, and two areas."""
    settings, _, _ = first
    file = Path(shutil.copy(settings.published_file, tmp_path_factory.mktemp("declared")))
    with changing(file) as connection:
        connection.execute(
            "insert into dim_declared_dimensions (dimension, label, is_masked) values"
            " ('salesperson', 'Salesperson', true), ('segment_of_ours', 'Area', false)"
        )
        connection.execute(
            "insert into document_dimensions (item_type, item_id, dimension, value)"
            " select 'invoice', invoice_id, 'salesperson', $1[cast(right(invoice_id, 1) as integer) % 4 + 1]"
            " from fct_invoices where cast(right(invoice_id, 1) as integer) % 4 < 3"
            " union all select 'invoice', invoice_id, 'segment_of_ours',"
            " if(right(invoice_id, 1) < '5', 'north', 'south') from fct_invoices",
            [list(PEOPLE)],
        )
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


def test_every_declared_dimension_has_a_filter_with_its_values(dashboard: Dashboard) -> None:
    filters = dashboard.page.locator("#filters label").all_inner_texts()
    assert filters[:6] == ["Month", "Company", "Segment", "Area", "Salesperson", "Team"]
    options = dashboard.page.get_by_label("Salesperson", exact=True).locator("option").all_inner_texts()
    assert options == ["All", *sorted([*PEOPLE, "(none)"])]


@pytest.mark.parametrize("page", TILES)
@pytest.mark.parametrize("value", [*PEOPLE, "(none)"])
def test_tiles_show_the_kpis_of_the_value(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, page: str, value: str
) -> None:
    dashboard.go(page)
    of_all = [dashboard.value(kpi_id) for kpi_id in TILES[page]]
    dashboard.choose("Salesperson", value)
    assert [dashboard.value(kpi_id) for kpi_id in TILES[page]] != of_all
    for kpi_id in TILES[page]:
        now, before, scale = marts.execute(
            "select value, lag(value) over (order by month_end), if(unit = 'fraction', 100, 1)"
            " from marts.kpis_by_dimension_monthly where dimension = 'salesperson' and dimension_value = $1"
            " and kpi_id = $2 and month_end >= date '2026-05-31' order by month_end desc limit 1",
            [value, kpi_id],
        ).fetchone()
        assert number(dashboard.value(kpi_id)) == pytest.approx(now * scale, abs=0.0501)
        changed = dashboard.page.locator(f".tile[data-kpi={kpi_id}] li[data-since=month] .change")
        if changed.count():
            assert number(changed.inner_text()) == pytest.approx((now - before) * scale, abs=0.0501)


def test_aging_of_a_value_is_the_mart_s_in_its_newest_months(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection
) -> None:
    buckets = marts.execute("select bucket_id from marts.dim_aging_buckets order by position, bucket_id").fetchall()
    expected = marts.execute(
        f"select {', '.join(f'sum(aging_{bucket}_reporting)' for (bucket,) in buckets)}"
        " from marts.aging_by_dimension_monthly where dimension = 'salesperson' and value = 'Anna'"
        " group by month_end order by month_end desc limit ?",
        [MONTHS_OF_VALUES],
    ).fetchall()
    dashboard.go("receivables?by-salesperson=Anna")
    shown = [[number(cell) for cell in row[1:]] for row in dashboard.table("aging-over-time")]
    assert shown == [[pytest.approx(float(amount), abs=0.501) for amount in row] for row in expected]


def test_values_add_up_to_the_aging_of_all(dashboard: Dashboard) -> None:
    def newest(address: str) -> list[float]:
        dashboard.go(address)
        return [number(cell) for cell in dashboard.table("aging-over-time")[0][1:]]

    parts = [newest(f"receivables?by-segment_of_ours={area}") for area in ("north", "south")]
    assert [sum(amounts) for amounts in zip(*parts, strict=True)] == pytest.approx(newest("receivables"), abs=1.01)


def test_what_is_not_made_by_value_says_so_and_shows_no_figure(dashboard: Dashboard) -> None:
    dashboard.go("overview?by-salesperson=Anna")
    for kpi_id in ("bad_debt_to_sales", "collection_rate", "accounts_per_employee"):
        assert dashboard.value(kpi_id) == NO_VALUE
        assert NOT_MADE in dashboard.tile(kpi_id)
    assert "Past due by company and segment: not by salesperson" in dashboard.titles()
    assert dashboard.page.locator("#where-past-due").count() == 0
    attention = dashboard.page.locator(".attention").inner_text()
    assert "Past-due money grew most" not in attention
    dashboard.go("receivables?by-salesperson=Anna")
    assert {
        "What changed receivables: not by salesperson", "Roll rates: not by salesperson", "Area: not by salesperson",
    } <= set(dashboard.titles())  # fmt: skip
    assert dashboard.page.locator("#roll-forward, #roll-rates, #by-salesperson").count() == 0


@pytest.mark.parametrize("page", ["customers", "account", "forecast", "team", "compliance", "quality"])
def test_a_page_that_has_nothing_by_value_says_that_its_figures_are_of_all(dashboard: Dashboard, page: str) -> None:
    dashboard.go(page)
    of_all = dashboard.titles()
    dashboard.go(f"{page}?by-salesperson=Anna")
    said = "Not by salesperson: this page shows the figures of all, not of Anna."
    assert dashboard.page.locator(".unknown").all_inner_texts() == [said]
    assert dashboard.page.locator("[role=status][aria-live=polite]").inner_text().endswith(said)
    assert dashboard.titles() == of_all
    assert not dashboard.page.locator("#filter-by-salesperson").is_visible()


def test_a_value_is_said_aloud_and_stands_in_the_address_and_comes_back(dashboard: Dashboard) -> None:
    dashboard.go("overview")
    for value in PEOPLE:
        dashboard.choose("Salesperson", value)
        said = f"Overview, June 2026, all companies, all segments, Salesperson {value}. "
        assert dashboard.page.locator("[role=status][aria-live=polite]").inner_text().startswith(said)
        shown, address = dashboard.value("dso"), dashboard.address
        dashboard.open(address.removeprefix("#"))
        assert dashboard.value("dso") == shown
        assert dashboard.page.locator("#filter-by-salesperson option:checked").inner_text() == value
        assert dashboard.page.locator(".unknown").count() == 0


def test_a_value_takes_the_place_of_company_segment_and_other_values_and_they_of_it(dashboard: Dashboard) -> None:
    dashboard.go("receivables?company=CO02&segment=retail")
    dashboard.choose("Salesperson", "Anna")
    assert dashboard.address == "#receivables?by-salesperson=Anna"
    dashboard.choose("Area", "north")
    assert dashboard.address == "#receivables?by-segment_of_ours=north"
    dashboard.choose("Segment", "retail")
    assert dashboard.address == "#receivables?segment=retail"
    dashboard.choose("Area", "north")
    dashboard.choose("Area", "All")
    assert dashboard.address == "#receivables"


def test_what_an_address_asks_for_beside_a_value_and_is_not_there_is_said(dashboard: Dashboard) -> None:
    dashboard.go("overview?by-salesperson=Anna")
    of_anna = dashboard.value("dso")
    dashboard.go("overview?month=2024-09&company=CO02&by-salesperson=Anna&by-segment_of_ours=west")
    assert dashboard.value("dso") == of_anna
    assert dashboard.page.locator(".unknown").inner_text() == (
        "Not in this publication, so left out: segment_of_ours west, company CO02 of Salesperson Anna,"
        " month 2024-09 of Salesperson Anna."
    )


def test_the_first_month_that_is_kept_of_values_can_be_chosen_and_the_one_before_it_can_not(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection
) -> None:
    months = marts.execute(
        "select strftime(month_end, '%Y-%m') from (select distinct month_end from marts.scorecard_monthly)"
        " where month_end <= ? order by month_end desc limit 15",
        [MONTH],
    ).fetchall()
    [(first,), (before,)] = months[MONTHS_OF_VALUES - 1 : MONTHS_OF_VALUES + 1]
    dashboard.go(f"receivables?month={first}&by-salesperson=Anna")
    assert dashboard.page.locator(".unknown").count() == 0
    assert re.match(r"Past due is \d", dashboard.titles()[0])
    assert len(dashboard.table("aging-over-time")) == 1
    dashboard.go(f"receivables?month={before}&by-salesperson=Anna")
    assert f"left out: month {before} of Salesperson Anna." in dashboard.page.locator(".unknown").inner_text()


def test_a_value_is_chosen_by_keyboard(dashboard: Dashboard) -> None:
    dashboard.go("receivables")
    dashboard.page.locator("#filter-segment").focus()
    dashboard.page.keyboard.press("Tab")
    dashboard.page.keyboard.press("ArrowDown")
    dashboard.wait()
    assert dashboard.address == "#receivables?by-segment_of_ours=%28none%29"
    assert dashboard.page.evaluate("document.activeElement.id") == "filter-by-segment_of_ours"


def test_a_phone_shows_all_of_a_value_without_scrolling_sideways(
    open_dashboard: Callable[..., Dashboard], site: Path
) -> None:
    phone = open_dashboard(site, viewport={"width": 360, "height": 740})
    phone.go("receivables?by-salesperson=Anna")
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert "Anna" in plain(phone.page.locator(".scope").inner_text())

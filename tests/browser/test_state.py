"""Filters, the address, the keyboard: what is looked at can be chosen, linked to, gone back from."""

import pytest

from tests.support.dashboard import Dashboard, plain

pytestmark = pytest.mark.long


def chosen(dashboard: Dashboard) -> dict[str, str]:
    return {
        name: dashboard.page.locator(f"#filter-{name} option:checked").inner_text()
        for name in ("month", "company", "segment", "team")
    }


def test_the_last_whole_month_of_everything_is_shown_first(dashboard: Dashboard) -> None:
    dashboard.open()
    assert chosen(dashboard) == {
        "month": "June 2026", "company": "All companies", "segment": "All segments", "team": "All teams",
    }  # fmt: skip
    assert dashboard.page.locator("h1").inner_text() == "Overview"


def test_every_choice_stands_in_the_address(dashboard: Dashboard) -> None:
    dashboard.go("overview")
    dashboard.choose("Month", "March 2026")
    dashboard.choose("Company", "Harrow & Finch Americas Inc.")
    dashboard.choose("Segment", "retail")
    dashboard.choose("Team", "CO02-1")
    assert dashboard.address == "#overview?month=2026-03&company=CO02&segment=retail&team=CO02-1"


def test_an_address_restores_every_choice(dashboard: Dashboard) -> None:
    dashboard.open("customers?month=2026-03&company=CO02&segment=retail&team=CO02-1")
    assert chosen(dashboard) == {
        "month": "March 2026", "company": "Harrow & Finch Americas Inc.", "segment": "retail", "team": "CO02-1",
    }  # fmt: skip
    assert dashboard.page.locator("h1").inner_text() == "Customers"


def test_choices_change_the_figures_and_are_said_aloud(dashboard: Dashboard) -> None:
    dashboard.go("overview")
    before = dashboard.value("dso")
    dashboard.choose("Company", "Harrow & Finch Europe B.V.")
    assert dashboard.value("dso") != before
    status = dashboard.page.locator("[role=status][aria-live=polite]").inner_text()
    assert status.startswith("Overview, June 2026, Harrow & Finch Europe B.V., all segments. ")


def test_other_pages_keep_the_choices(dashboard: Dashboard) -> None:
    dashboard.go("overview?month=2026-03&segment=retail")
    dashboard.page.get_by_role("link", name="Receivables", exact=True).click()
    dashboard.wait()
    assert dashboard.address == "#receivables?month=2026-03&segment=retail"
    assert chosen(dashboard)["segment"] == "retail"


def test_back_goes_back(dashboard: Dashboard) -> None:
    dashboard.go("receivables")
    dashboard.choose("Segment", "services")
    dashboard.page.go_back()
    dashboard.wait()
    assert dashboard.address == "#receivables"
    assert chosen(dashboard)["segment"] == "All segments"


def test_reset_shows_everything_again(dashboard: Dashboard) -> None:
    dashboard.go("receivables?month=2026-03&company=CO02&segment=retail")
    dashboard.page.get_by_role("button", name="Reset").click()
    dashboard.wait()
    assert dashboard.address == "#receivables"
    assert chosen(dashboard)["company"] == "All companies"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("overview?company=CO99", "company CO99"),
        ("overview?month=2019-01&segment=toys", "month 2019-01, segment toys"),
        ("nowhere", "page nowhere"),
    ],
)
def test_what_an_address_names_and_is_not_there_is_said(dashboard: Dashboard, address: str, said: str) -> None:
    dashboard.go("overview")
    of_everything = dashboard.value("dso")
    dashboard.go(address)
    assert dashboard.page.locator(".unknown").inner_text() == f"Not in this publication, so left out: {said}."
    assert dashboard.value("dso") == of_everything


def test_a_finding_leads_to_where_it_is(dashboard: Dashboard) -> None:
    dashboard.go("overview")
    dashboard.page.get_by_role("link", name="Past-due money grew most in").click()
    dashboard.wait()
    assert dashboard.address.startswith("#receivables?company=")
    assert chosen(dashboard)["segment"] != "All segments"


def test_missed_targets_are_the_first_thing_said(dashboard: Dashboard) -> None:
    dashboard.go("overview")
    missed = dashboard.page.locator(".tile li.target.bad").count()
    assert missed == dashboard.page.locator(".tile.misses").count() > 0
    attention = dashboard.page.locator(".attention")
    assert plain(attention.locator("h2").inner_text()).startswith(
        f"{missed} target{'s are' if missed > 1 else ' is'} missed;"
    )
    said = [plain(finding) for finding in attention.locator("li").all_inner_texts()]
    assert [" its target of " in finding for finding in said] == [True] * missed + [False] * (len(said) - missed)


def test_all_can_be_reached_by_keyboard_in_the_order_of_reading(dashboard: Dashboard) -> None:
    dashboard.open()
    press = dashboard.page.keyboard.press
    reached = []
    for _ in range(15):
        press("Tab")
        reached.append(dashboard.page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert reached[:14] == [
        "Skip to the figures", "Overview", "Receivables", "Customers", "Account", "Forecast", "Team", "Compliance",
        "Quality",
        "filter-month", "filter-company", "filter-segment", "filter-team", "reset",
    ]  # fmt: skip
    assert reached[14] == dashboard.page.locator(".attention a").first.inner_text()


def test_the_skip_link_skips_to_the_figures(dashboard: Dashboard) -> None:
    dashboard.open("team")
    dashboard.page.keyboard.press("Tab")
    assert dashboard.page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    dashboard.page.keyboard.press("Enter")
    assert dashboard.page.evaluate("document.activeElement.id") == "main"
    assert dashboard.address == "#team"


def test_a_filter_is_changed_by_keyboard(dashboard: Dashboard) -> None:
    dashboard.go("overview")
    dashboard.page.locator("#filter-segment").focus()
    dashboard.page.keyboard.press("ArrowDown")
    dashboard.wait()
    assert dashboard.address == "#overview?segment=manufacturing"
    assert dashboard.page.evaluate("document.activeElement.id") == "filter-segment"

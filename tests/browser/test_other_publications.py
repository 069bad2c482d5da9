"""Publications that aren't like the sample: empty, one month old, with all wrong that can be, and ten in a row."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.site import write_site
from duebook.publication.record import read_publication
from duebook.publication.site_swap import swap_site_in
from tests.support.dashboard import NO_VALUE, PAGES, Dashboard, plain
from tests.support.publications.changed import MONTH, REFERENCE, changing, empty, tables

pytestmark = pytest.mark.long


@pytest.fixture
def publication(first, tmp_path: Path) -> Path:
    """A copy of the published file, to change."""
    settings, _, _ = first
    return Path(shutil.copy(settings.published_file, tmp_path))


def built(first, file: Path, folder: Path) -> Path:
    settings, _, _ = first
    write_site(file, read_publication(settings.published_dir), folder)
    return folder


def test_an_empty_warehouse_says_so(first, publication: Path, tmp_path: Path, open_dashboard: Callable) -> None:
    with changing(publication) as connection:
        empty(connection)
    dashboard: Dashboard = open_dashboard(built(first, publication, tmp_path / "site"))
    for page in PAGES:
        dashboard.go(page)
        said = "No check has run" if page == "quality" else "Nothing has been landed yet: there are no months to show."
        assert said in dashboard.page.locator("main").inner_text()


def test_one_month_is_drawn_without_a_month_before(
    first, publication: Path, tmp_path: Path, open_dashboard: Callable
) -> None:
    with changing(publication) as connection:
        for table, columns in tables(connection).items():
            if "month_end" in columns and table not in REFERENCE:
                connection.execute(f"delete from {table} where month_end <> '{MONTH}'")
        connection.execute("update scorecard_monthly set previous_value = null, year_ago_value = null")
    dashboard: Dashboard = open_dashboard(built(first, publication, tmp_path / "site"))
    assert dashboard.value("dso").endswith(" days")
    assert "no figure a month before" in dashboard.tile("dso")
    for page in PAGES[1:]:
        dashboard.go(page)
        assert dashboard.page.locator("figure.chart .plot .main-svg").count() >= (page != "quality")


def test_a_month_still_running_is_marked_and_not_the_first_shown(
    first, publication: Path, tmp_path: Path, open_dashboard: Callable
) -> None:
    with changing(publication) as connection:
        connection.execute(f"update scorecard_monthly set is_complete = false where month_end = '{MONTH}'")
    dashboard: Dashboard = open_dashboard(built(first, publication, tmp_path / "site"))
    assert dashboard.page.locator("#filter-month option:checked").inner_text() == "May 2026"
    dashboard.choose("Month", "June 2026 (running)")
    assert dashboard.page.locator(".scope").inner_text().startswith("June 2026 (still running)")


def test_all_that_is_wrong_with_the_data_is_said(
    first, publication: Path, tmp_path: Path, open_dashboard: Callable
) -> None:
    with changing(publication) as connection:
        connection.execute(
            "update data_quality_results set success = false, outcome = 'failed', unexpected_count = 7,"
            " observed = 'seven <b>rows</b>'"
            " where table_name = 'activities' and column_name = 'channel'"
        )
        [(failed,)] = connection.execute("select count(*) from data_quality_results where not success").fetchall()
        connection.execute(
            "update data_quality_results set success = false, outcome = severity, refresh_id = 'r7'"
            " where table_name = 'cases'"
            " and expectation = 'expect_usual_volume'"
        )
        connection.execute(
            "update data_quality_results set success = false, accepted = true, outcome = 'accepted', refresh_id = 'r8'"
            " where table_name = 'cases' and expectation = 'expect_volume_of_recent_loads'"
        )
        connection.execute(
            "insert into quarantined_rows (table_name, column_name, value, reason, source_file, source_row)"
            " values ('invoices', 'amount', '-5', 'expected a positive amount', 'ar/invoices/a.csv', 3),"
            " ('invoices', 'amount', '-6', 'expected a positive amount', 'ar/invoices/a.csv', 4)"
        )
        connection.execute(
            "insert into schema_drift (table_name, column_name, finding, found, is_current, row_count, first_seen_at,"
            " last_seen_at, source_file) values"
            " ('invoices', 'branch', 'new_column', '', true, 7, '2026-06-29 06:00', '2026-06-30 06:00',"
            " 'ar/invoices/a.csv'),"
            " ('activities', 'channel', 'unknown_word', 'fax', false, 1, '2026-06-29 06:00', '2026-06-29 06:00',"
            " 'collections/activities/a.csv')"
        )
        connection.execute(
            "update control_account_tie_out set difference = 0.01, is_tied_out = false,"
            " ledger_balance = control_balance + 0.01"
            f" where company_id = 'CO01' and balance_date = '{MONTH}' and currency_code = 'EUR'"
        )
        connection.execute(
            "insert into kpi_restatements (month_end, level, scope, kpi_id, reported_value, reported_reason,"
            " restated_value, difference, frozen_at, cause) values"
            " ('2026-03-31', 'portfolio', 'portfolio', 'dso', 40.04, null, 41.26, 1.22, '2026-04-05',"
            " 'receipts reversed: 3'),"
            " ('2026-03-31', 'portfolio', 'portfolio', 'promise_kept_rate', null, 'no_promises_due', 0.5, null,"
            " '2026-04-05', 'promises landed late: 1'),"
            " ('2026-03-31', 'segment', 'segment:retail', 'dso', 1, null, 2, 1, '2026-04-05', 'not listed')"
        )
    dashboard: Dashboard = open_dashboard(built(first, publication, tmp_path / "site"))
    dashboard.go("quality")
    titles = dashboard.titles()
    assert [title for title in titles if title.startswith(f"{failed} of ") and title.endswith(" checks failed")]
    assert "2 landed rows wait in quarantine" in titles
    assert [title for title in titles if title.startswith("1 of ") and title.endswith("don't tie out")]
    assert "2 reported figures were restated" in titles
    assert "Of companies, segments, teams and people 1 figure was restated (kpi_restatements)." in plain(
        dashboard.page.locator("main").inner_text()
    )
    assert dashboard.rows_of("Rows in quarantine by reason") == [
        ["invoices", "amount", "expected a positive amount", "2", "ar/invoices/a.csv, row 3"]
    ]
    assert "The last loads show 1 change of columns or words" in titles
    [now] = dashboard.rows_of("Schema drift")
    assert now[:5] + now[7:] == ["invoices", "branch", "new column", "", "7", "ar/invoices/a.csv"]
    dashboard.page.get_by_text("In loads before").click()
    [before] = dashboard.rows_of("Schema drift of loads before")
    assert before[:5] == ["activities", "channel", "unknown word", "fax", "1"]
    assert dashboard.rows_of("Restated KPIs") == [
        ["March 2026", "Days sales outstanding", "40.0 days", "41.3 days", "+1.2 days", "receipts reversed: 3"],
        ["March 2026", "Promises kept", "n/a: no promises due", "50.0 %", "", "promises landed late: 1"],
    ]
    not_as_expected = dashboard.rows_of("What is not as expected")
    assert "seven <b>rows</b>" in not_as_expected[0]
    assert [(row[6], row[8]) for row in not_as_expected[-2:]] == [("warning", "r7"), ("accepted", "r8")]
    assert "Also 1 warning, 1 accepted by a person for one refresh." in plain(
        dashboard.page.locator("main").inner_text()
    )
    dashboard.go("overview")
    attention = plain(dashboard.page.locator(".attention").inner_text())
    assert f"{failed} check{'s' if failed > 1 else ''} of the data failed" in attention
    assert "2 landed rows wait in quarantine" in attention
    assert "1 control balance doesn't tie out" in attention


def test_publications_under_an_open_dashboard_disturb_nothing_and_are_seen_at_the_next_look(
    first, publication: Path, tmp_path: Path, open_dashboard: Callable
) -> None:
    def publish(days: int) -> None:
        with changing(publication) as connection:
            connection.execute(f"update scorecard_monthly set value = {days} where kpi_id = 'dso'")
        swap_site_in(built(first, publication, tmp_path / f"draft {days}"), site)

    site = tmp_path / "site"
    publish(0)
    stays: Dashboard = open_dashboard(site)
    looks_again: Dashboard = open_dashboard(site)
    for days in range(1, 1 + len(PAGES)):
        publish(days)
        stays.go(PAGES[days % len(PAGES)])
        looks_again.open()
        assert looks_again.value("dso") == f"{days}.0 days"
    stays.go("overview")
    assert stays.value("dso") == "0.0 days"


def test_a_landing_too_young_to_forecast_says_why(
    first, publication: Path, tmp_path: Path, open_dashboard: Callable
) -> None:
    with changing(publication) as connection:
        known = tables(connection)["payment_forecast"]
        of_history = {name for name in known if name.startswith(("expected_", "p_", "p10", "p90", "days_late"))}
        gone = ", ".join(f"{name} = null" for name in sorted(of_history | {"basis"}))
        connection.execute(f"update payment_forecast set reason = 'landing_too_young', {gone}")
        weeks = ", ".join(f"{name} = null" for name in ("from_open_items", "from_billings_to_come", "p10", "p90"))
        connection.execute(f"update cash_forecast_weekly set reason = 'landing_too_young', {weeks}")
        connection.execute("delete from habit_curves")
        [(parts,)] = connection.execute("select count(*) from payment_forecast").fetchall()
    dashboard: Dashboard = open_dashboard(built(first, publication, tmp_path / "site"))
    dashboard.go("forecast")
    assert [row[:2] for row in dashboard.rows_of("Reasons")] == [
        ["Too few payments have been landed to forecast by.", str(parts)]
    ]
    assert {"Cash by week can't be forecast", "No frozen forecast has been scored yet"} <= set(dashboard.titles())
    dashboard.go("account")
    assert {"No open invoice has a date to expect it", "No curve of its habit is drawn"} <= set(dashboard.titles())
    assert "Too few payments have been landed to forecast by." in dashboard.rows_of("Statement")[0][5]
    assert plain(dashboard.page.locator("main").inner_text()).count("Too few payments have been landed") > 1


def test_what_nothing_was_landed_for_is_said_page_by_page(
    first, publication: Path, tmp_path: Path, open_dashboard: Callable
) -> None:
    """Invoices and receipts only: no contact, no promise, nothing open."""
    with changing(publication) as connection:
        for table in (
            "fct_activities", "contact_compliance", "contact_compliance_monthly", "contact_findings", "fct_promises",
            "open_items", "payment_forecast", "cash_forecast_weekly", "habit_curves",
        ):  # fmt: skip
            connection.execute(f"delete from {table}")
    dashboard: Dashboard = open_dashboard(built(first, publication, tmp_path / "site"))
    for page, said in (
        ("compliance", ["No contact in June 2026", "No finding in June 2026"]),
        ("forecast", ["Nothing to forecast"]),
        (
            "account",
            [
                "Never contacted",
                "No promise was ever made",
                "Nothing is open on 30 June 2026",
                "No curve of its habit is drawn",
            ],
        ),
    ):
        dashboard.go(page)
        assert set(said) <= set(dashboard.titles())


def test_a_publication_from_before_the_forecast_has_the_other_pages(
    first, publication: Path, tmp_path: Path, open_dashboard: Callable
) -> None:
    with changing(publication) as connection:
        for table in ("payment_forecast", "cash_forecast_weekly", "forecast_accuracy", "habit_curves"):
            connection.execute(f"drop table {table}")
    dashboard: Dashboard = open_dashboard(built(first, publication, tmp_path / "site"))
    dashboard.go("forecast")
    assert dashboard.titles() == ["There is no forecast in this publication"]
    dashboard.go("account")
    assert "No open invoice has a date to expect it" in dashboard.titles()


@pytest.mark.parametrize(
    "gone",
    [
        "alter table collections_worklist drop column why_expected; drop table customer_outlook",
        "update collections_worklist set expected_loss = null, expected_late_money = null, early_warning = null;"
        "update customer_outlook set expected_loss = null, expected_late_money = null, early_warning = null",
    ],
    ids=["of an older Duebook", "without a forecast"],
)
def test_a_worklist_without_a_forecast_goes_by_money_at_risk(
    first, publication: Path, tmp_path: Path, open_dashboard: Callable, gone: str
) -> None:
    with changing(publication) as connection:
        connection.execute(gone)
        names = connection.execute(
            "select customer_name from collections_worklist inner join dim_customers using (customer_id)"
            " order by priority limit 10"
        ).fetchall()
    dashboard: Dashboard = open_dashboard(built(first, publication, tmp_path / "site"))
    dashboard.go("customers")
    rows = dashboard.rows_of("Worklist")
    assert [row[0] for row in rows] == [str(priority) for priority in range(1, 11)]
    assert all(row[1].startswith(name) for row, (name,) in zip(rows, names, strict=True))
    assert re.match(rf"Contact {names[0][0]} first: EUR .* at risk, ", dashboard.titles()[0])
    dashboard.go("account")
    assert [title for title in dashboard.titles() if re.match(r"Priority 1 of the worklist: EUR .* at risk", title)]


def test_a_customer_without_a_forecast_is_last_on_the_worklist(
    first, publication: Path, tmp_path: Path, open_dashboard: Callable
) -> None:
    with changing(publication) as connection:
        connection.execute(
            "update collections_worklist set expected_loss = null where expected_priority = 1;"
            "update collections_worklist set expected_loss = null, expected_late_money = null, early_warning = null"
            " where expected_priority = 2"
        )
        [(first_name,), (without,)] = connection.execute(
            "select customer_name from collections_worklist inner join dim_customers using (customer_id)"
            " where expected_priority <= 2 order by expected_priority"
        ).fetchall()
    dashboard: Dashboard = open_dashboard(built(first, publication, tmp_path / "site"))
    dashboard.go("customers")
    assert re.match(
        rf"Contact {first_name} first: EUR .* expected to be 30 days late, no loss rate is known, ",
        dashboard.titles()[0],
    )
    dashboard.page.get_by_role("button", name="Show all").click()
    last = dashboard.rows_of("Worklist")[-1]
    assert (last[0], last[2]) == (NO_VALUE, NO_VALUE)
    assert last[1].startswith(without)
    assert "Expected to be lost" not in last[8]


def test_a_name_with_markup_is_text(first, publication: Path, tmp_path: Path, open_dashboard: Callable) -> None:
    with changing(publication) as connection:
        connection.execute("update dim_customers set customer_name = '<b>Bold</b> & co' where customer_id = 'C0028'")
    dashboard: Dashboard = open_dashboard(built(first, publication, tmp_path / "site"))
    dashboard.go("account?customer=C0028")
    assert dashboard.page.locator(".scope").inner_text().startswith("<b>Bold</b> & co (C0028)")
    assert dashboard.page.locator("#owed-over-time h2").inner_text().startswith("<b>Bold</b> & co owed")


def test_contacts_of_a_segment_that_never_owed_anything_stop_no_page(
    first, publication: Path, tmp_path: Path, open_dashboard: Callable
) -> None:
    with changing(publication) as connection:
        connection.execute(
            "update contact_compliance_monthly set segment = 'never owed' where segment = 'retail';"
            "update payment_forecast set segment = 'never owed' where segment = 'retail'"
        )
    dashboard: Dashboard = open_dashboard(built(first, publication, tmp_path / "site"))
    for page in ("compliance", "forecast"):
        dashboard.go(page)
        assert dashboard.page.locator("figure.chart .plot .main-svg").count() >= 2


def test_two_customers_of_one_name_are_two_bars(
    first, publication: Path, tmp_path: Path, open_dashboard: Callable
) -> None:
    with changing(publication) as connection:
        connection.execute(
            "update dim_customers set customer_name = 'Twin Ltd' where customer_id in"
            " (select customer_id from customer_risk order by receivables desc, customer_id limit 2)"
        )
    dashboard: Dashboard = open_dashboard(built(first, publication, tmp_path / "site"))
    dashboard.go("customers")
    named = [plain(row[0]).rpartition(" (")[0] for row in dashboard.table("largest-customers")]
    labels = dashboard.page.locator("#largest-customers .ytick text").all_text_contents()
    bars = dashboard.page.locator("#largest-customers .trace.bars").first.locator(".point")
    assert named[:2] == ["Twin Ltd", "Twin Ltd"]
    assert ([plain(label) for label in labels][::-1], bars.count()) == (named, len(named))

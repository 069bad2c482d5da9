"""The account of a customer shows the marts' rows about it; every table that names a customer leads to its account."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dashboard.accounts import CONTACTS, MONTHS, PROMISES
from duebook.publication.forecast_words import HABIT
from tests.support.dashboard import Dashboard, number, plain

# One with everything, one with invoices by instalments, a person.
CUSTOMERS = ("C0028", "C0210", "C0160")
# Tables that name customers, by page: a customer a row, in the column.
NAMING = {
    "customers": {"Worklist": 1},
    "forecast": {"What moves next week": 0, "What may be late": 0, "Without a day": 0},
    "compliance": {"The contacts behind the findings": 2},
}


def day(value) -> str:
    return f"{value.day} {value:%B %Y}" if value else ""


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_balances_and_habit_are_the_marts(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, customer: str
) -> None:
    [(owed, late, used, habit)] = marts.execute(
        "select receivables, past_due_receivables, credit_utilisation * 100, (select max(habit_days_late)"
        " from marts.payment_forecast where customer_id = risk.customer_id and basis is not null)"
        " from marts.customer_risk as risk where customer_id = ?",
        [customer],
    ).fetchall()
    dashboard.go(f"account?customer={customer}")
    tiles = [plain(text).removeprefix("EUR ") for text in dashboard.page.locator(".tile .value").all_inner_texts()]
    for shown, expected in zip(tiles, (owed, late, used, habit and abs(habit)), strict=True):
        assert number(shown) == (None if expected is None else pytest.approx(float(expected), abs=0.501)), tiles
    assert tiles[3].endswith("n/a" if habit is None else "days early" if habit < 0 else "days late")


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_the_statement_is_what_is_open_with_its_forecast(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, customer: str
) -> None:
    items = marts.execute(
        "select item_id, balance, due_date, days_past_due from marts.open_items where customer_id = ?"
        " order by days_past_due desc nulls last, balance_reporting desc, item_type, item_id",
        [customer],
    ).fetchall()
    forecasts = marts.execute(
        "select invoice_id, expected_payment_date from marts.payment_forecast where customer_id = ?", [customer]
    ).fetchall()
    dashboard.go(f"account?customer={customer}")
    rows = dashboard.rows_of("Statement")
    assert [row[0].split()[0] for row in rows] == [item for item, *_ in items]
    for row, (item, balance, due, past_due) in zip(rows, items, strict=True):
        assert number(row[4][3:].strip()) == pytest.approx(float(balance), abs=0.00501)
        assert row[3].startswith(day(due))
        assert (f"{past_due} day" in row[3]) == bool(past_due)
        for invoice, expected in forecasts:
            if invoice == item and expected:
                assert f"by {day(expected)} (" in row[5]
    explained = dashboard.page.get_by_role("region", name="Why these days", exact=True).locator("tbody tr").count()
    assert explained == sum(1 for _, expected in forecasts if expected)


def test_the_steps_of_a_forecast_are_the_marts(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    expected = marts.execute(
        "select days_late_of_everyone, days_late_of_group, days_late_of_customer, days_late_given_how_late,"
        " expected_days_late, expected_payment_date from marts.payment_forecast"
        " where customer_id = 'C0028' and expected_payment_date is not null order by expected_payment_date"
    ).fetchall()
    dashboard.go("account?customer=C0028")
    shown = [[*map(number, row[1:-1]), row[-1]] for row in dashboard.rows_of("Why these days")]
    assert shown == [[*days, day(expected_day)] for *days, expected_day in expected]


def test_aging_is_the_customer_s_row_of_the_mart(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    [amounts] = marts.execute(
        "select receivables, aging_current, unapplied_credits from marts.aging_monthly"
        " where customer_id = 'C0028' and month_end = '2026-06-30'"
    ).fetchall()
    dashboard.go("account?customer=C0028")
    rows = dict(dashboard.rows_of("Aging"))
    shown = [number(rows[name]) for name in ("Receivables", "Current", "Credits")]
    assert shown == [pytest.approx(float(amount), abs=0.00501) for amount in amounts]


def test_what_was_owed_is_the_sum_over_companies_of_each_month(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection
) -> None:
    expected = marts.execute(
        "select month_end, sum(receivables), sum(past_due_receivables) from marts.kpi_contributions_monthly"
        " where customer_id = 'C0028' group by month_end order by month_end desc limit ?",
        [MONTHS],
    ).fetchall()
    dashboard.go("account?customer=C0028")
    shown = [
        [row[0], *(number(cell.removeprefix("EUR ")) for cell in row[1:])] for row in dashboard.table("owed-over-time")
    ]
    assert shown == [
        [f"{month:%B %Y}", *(pytest.approx(float(amount), abs=0.00501) for amount in amounts)]
        for month, *amounts in expected
    ]


def test_the_curve_of_a_habit_is_the_marts_beside_that_of_customers_like_it(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection
) -> None:
    expected = marts.execute(
        "select days_late, 100 * share_paid, 100 * share_paid_of_group, 100 * share_paid_of_everyone"
        " from marts.habit_curves where customer_id = 'C0210' order by days_late"
    ).fetchall()
    [(own, of_group)] = marts.execute(
        "select distinct days_late_of_customer, days_late_of_group from marts.payment_forecast"
        " where customer_id = 'C0210'"
    ).fetchall()
    dashboard.go("account?customer=C0210")
    shown = [[number(cell) for cell in row] for row in dashboard.table("habit-curve")]
    assert shown == [[days, *(pytest.approx(share, abs=0.0501) for share in shares)] for days, *shares in expected]
    title = plain(dashboard.page.locator("#habit-curve h2").inner_text())
    assert f"paid {own} days after the due date" in title
    assert f"customers like it {of_group} days after the due date" in title


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_promises_and_contacts_are_the_newest_and_the_others_are_counted(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, customer: str
) -> None:
    promises = marts.execute(
        "select made_date, due_date from marts.fct_promises where customer_id = ?"
        " order by made_date desc, due_date desc, invoice_id nulls last",
        [customer],
    ).fetchall()
    contacts = marts.execute(
        "select activity_date, direction || ' ' || channel from marts.fct_activities where customer_id = ?"
        " order by activity_date desc, activity_id desc",
        [customer],
    ).fetchall()
    dashboard.go(f"account?customer={customer}")
    shown = [row[:2] for row in dashboard.rows_of("Promises")]
    assert shown == [[day(made), day(due)] for made, due in promises[:PROMISES]]
    assert [row[:2] for row in dashboard.rows_of("Contacts")] == [[day(on), how] for on, how in contacts[:CONTACTS]]
    said = plain(dashboard.page.locator("main").inner_text())
    assert (f"The first {CONTACTS} of {len(contacts)}; the mart fct_activities" in said) == (len(contacts) > CONTACTS)


@pytest.mark.parametrize("page", NAMING)
def test_every_row_that_names_a_customer_leads_to_its_account(dashboard: Dashboard, page: str) -> None:
    dashboard.go(page)
    for button in dashboard.page.get_by_role("button", name="Show all").all()[::-1]:
        button.click()
    known = set(dashboard.page.evaluate("duebook.state.customers"))
    for caption, column in NAMING[page].items():
        rows = dashboard.rows_of(caption)
        region = dashboard.page.get_by_role("region", name=caption, exact=True)
        links = region.locator("tbody a").evaluate_all("links => links.map(({ hash, innerText }) => [hash, innerText])")
        assert len(rows) == len(links) > 0
        for row, (address, name) in zip(rows, links, strict=True):
            assert row[column].startswith(plain(name))
            assert address.partition("customer=")[2] in known
    link = region.locator("tbody a").last
    name = plain(link.inner_text())
    link.click()
    dashboard.wait()
    assert dashboard.page.locator("h1").inner_text() == "Account"
    assert plain(dashboard.page.locator(".scope").inner_text()).startswith(name)


def test_the_largest_customers_lead_to_their_accounts(dashboard: Dashboard) -> None:
    dashboard.go("customers")
    rows = dashboard.table("largest-customers")
    links = dashboard.page.locator("#largest-customers tbody a")
    assert [plain(name) for name in links.all_inner_texts()] == [row[0] for row in rows]


def test_a_customer_is_chosen_and_stands_in_the_address(dashboard: Dashboard) -> None:
    dashboard.go("account?customer=C0210")
    dashboard.choose("Customer", "Quarry Design GmbH (C0028)")
    assert dashboard.address == "#account?customer=C0028"
    dashboard.go("overview?segment=retail&customer=C0028")
    assert dashboard.page.locator(".unknown").count() == 0


def test_the_first_to_contact_is_shown_first(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    [(first,)] = marts.execute(
        "select customer_id from marts.collections_worklist where expected_priority = 1"
    ).fetchall()
    dashboard.go("account")
    assert f"({first})" in dashboard.page.locator(".scope").inner_text()


def test_what_is_expected_of_a_customer_stands_in_its_account(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection
) -> None:
    """Of the first on the worklist with a warning, and of one that owes nothing past due yet."""
    listed = marts.execute(
        "select customer_id, early_warning, expected_loss, expected_priority, priority from marts.collections_worklist"
        " where early_warning is not null order by expected_priority limit 1"
    ).fetchall()
    known = tuple(dashboard.page.evaluate("duebook.state.customers"))
    others = marts.execute(
        "select customer_id, early_warning, expected_loss, null, null from marts.customer_outlook"
        " where early_warning is not null and customer_id in (select unnest($1))"
        " and customer_id not in (select customer_id from marts.collections_worklist) order by expected_rank limit 1",
        [known],
    ).fetchall()
    for customer, warning, loss, rank, priority in listed + others:
        dashboard.go(f"account?customer={customer}")
        said = plain(dashboard.page.locator("main").inner_text())
        assert f"Early warning: {warning}" in said
        if rank:
            assert f"Rank {rank} of the worklist: EUR {loss:,.0f} expected to be lost" in said
            assert f"Priority by money at risk {priority} (EUR" in said
        else:
            assert f"Expected to be lost EUR {loss:,.0f}" in said
    assert (len(listed), len(others)) == (1, 1)


def test_a_habit_is_said_to_be_what_it_is(dashboard: Dashboard) -> None:
    dashboard.go("account?customer=C0028")
    habit = plain(dashboard.page.locator(".tile", has_text="Habit").inner_text())
    assert HABIT[1:] in habit


def test_a_customer_without_an_account_is_told_where_its_rows_are(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection
) -> None:
    [(customers,)] = marts.execute("select count(*) from marts.dim_customers").fetchall()
    dashboard.go("account?customer=C9999")
    assert dashboard.titles() == ["Customer C9999 has no account here"]
    assert f" of {customers} customers have their account here" in plain(dashboard.page.locator("main").inner_text())


def test_nothing_of_a_person_but_its_masked_name_is_in_the_site(site: Path, marts: duckdb.DuckDBPyConnection) -> None:
    masked = marts.execute("select email_masked, phone_masked from marts.dim_customers where is_consumer").fetchall()
    [rows] = site.glob("*/rows.data.js")
    text = rows.read_text(encoding="utf-8")
    assert [value for pair in masked for value in pair if value and f'"{value}"' in text] == []


def test_accounts_that_cannot_be_loaded_say_so_and_other_pages_stand(
    site: Path, tmp_path: Path, open_dashboard: Callable[[Path], Dashboard]
) -> None:
    copy = Path(shutil.copytree(site, tmp_path / "site"))
    for file in copy.rglob("rows.data.js"):
        file.unlink()
    dashboard = open_dashboard(copy)
    assert dashboard.value("dso").endswith(" days")
    dashboard.go("account")
    assert "rows.data.js is missing" in dashboard.page.locator("[role=alert]").inner_text()
    [failed] = [problem for problem in dashboard.problems if problem.startswith("failed: ")]
    assert failed.endswith("/rows.data.js")
    assert {problem for problem in dashboard.problems if problem != failed} == {
        "error: Failed to load resource: net::ERR_FILE_NOT_FOUND"
    }
    dashboard.problems.clear()

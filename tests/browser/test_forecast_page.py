"""The forecast page shows sums and rows of the marts payment_forecast and cash_forecast_weekly."""

from datetime import date

import duckdb
import pytest

from dashboard.forecast import ITEMS, ITEMS_OF_ONE
from duebook.publication.forecast_words import REASONS
from tests.support.dashboard import NO_VALUE, Dashboard, number, plain

WITHIN = ("expected_cash_7d", "expected_cash_30d", "expected_cash_90d", "open_balance_reporting")
VIEWS = {
    "forecast": "true",
    "forecast?company=CO02": "company_id = 'CO02'",
    "forecast?segment=retail": "segment = 'retail'",
    "forecast?company=CO01&segment=services": "company_id = 'CO01' and segment = 'services'",
}
SUMS = ", ".join(f"sum({column})" for column in WITHIN)


def day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def close_to(amounts: tuple, tolerance: float) -> list:
    return [pytest.approx(float(amount), abs=tolerance) for amount in amounts]


@pytest.mark.parametrize("address", VIEWS)
def test_expected_cash_is_the_sum_of_the_forecasts(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, address: str
) -> None:
    [sums] = marts.execute(f"select {SUMS} from marts.payment_forecast where {VIEWS[address]}").fetchall()
    dashboard.go(address)
    shown = [number(text.removeprefix("EUR")) for text in dashboard.page.locator(".tile .value").all_inner_texts()]
    assert shown == close_to(sums, 0.501)


@pytest.mark.parametrize("address", ["forecast", "forecast?company=CO02"])
def test_expected_cash_by_currency_is_the_marts(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, address: str
) -> None:
    expected = marts.execute(
        f"select currency_code, {SUMS} from marts.payment_forecast where {VIEWS[address]} group by currency_code"
    ).fetchall()
    dashboard.go(address)
    shown = {
        row[0]: [number(cell.removeprefix("EUR ")) for cell in row[1:]] for row in dashboard.table("cash-by-currency")
    }
    assert shown == {currency: close_to(sums, 0.00501) for currency, *sums in expected}


@pytest.mark.parametrize(
    ("address", "chart", "column"),
    [
        ("forecast", "cash-by-company", "company_name"),
        ("forecast?segment=retail", "cash-by-company", "company_name"),
        ("forecast?company=CO02", "cash-by-segment", "segment"),
    ],
)
def test_expected_cash_by_company_and_segment_is_the_marts(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, address: str, chart: str, column: str
) -> None:
    expected = marts.execute(
        f"select {column}, {SUMS} from marts.payment_forecast inner join marts.dim_companies using (company_id)"
        f" where {VIEWS[address]} group by {column}"
    ).fetchall()
    dashboard.go(address)
    shown = {row[0]: [number(cell.removeprefix("EUR ")) for cell in row[1:]] for row in dashboard.table(chart)}
    assert shown == {name: close_to(sums, 0.00501) for name, *sums in expected}


@pytest.mark.parametrize(
    ("caption", "chosen", "order", "column"),
    [
        ("What moves next week", "expected_cash_7d > 0", "expected_cash_7d desc", "expected_cash_7d"),
        ("What may be late", "is_likely_late", "open_balance_reporting desc", "p_late_30 * 100"),
        ("Without a day", "expected_payment_date is null", "open_balance_reporting desc", "open_balance_reporting"),
    ],
)
def test_a_list_has_the_first_of_the_mart_in_its_order_and_says_what_is_left_out(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, caption: str, chosen: str, order: str, column: str
) -> None:
    expected = marts.execute(
        f"select invoice_id, customer_name, customer_id, {column}, count(*) over () from marts.payment_forecast"
        f" inner join marts.dim_customers using (customer_id) where {chosen} order by {order}, invoice_id, part"
    ).fetchall()
    dashboard.go("forecast")
    card = dashboard.page.locator(".card").filter(has=dashboard.page.get_by_role("region", name=caption, exact=True))
    said = plain(card.inner_text())
    if card.get_by_role("button").count():
        card.get_by_role("button").click()
    rows = dashboard.rows_of(caption)
    kept = f"{len(rows)} of {len(expected)}: the first {ITEMS} of all and the first {ITEMS_OF_ONE} of each company and"
    assert (kept in said) == (" of each company and segment" in said) == (len(rows) < len(expected))
    assert len(rows) >= min(len(expected), ITEMS)
    for shown, (invoice, name, customer, figure, _) in zip(rows, expected[:ITEMS], strict=False):
        assert shown[0] == f"{name} {customer}"
        assert shown[1].startswith(invoice)
        assert number(shown[-2 if caption == "Without a day" else -1].removeprefix("EUR ")) == pytest.approx(
            float(figure), abs=0.501
        )


def test_a_selection_lists_its_own(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    [(invoice,)] = marts.execute(
        "select invoice_id from marts.payment_forecast where segment = 'services'"
        " order by expected_cash_7d desc, invoice_id, part limit 1"
    ).fetchall()
    dashboard.go("forecast?segment=services")
    assert dashboard.rows_of("What moves next week")[0][1].startswith(invoice)


def test_reasons_are_counted_as_in_the_mart(dashboard: Dashboard, marts: duckdb.DuckDBPyConnection) -> None:
    expected = marts.execute(
        "select reason, count(*), count(*) - count(expected_payment_date), sum(open_balance_reporting)"
        " from marts.payment_forecast where reason is not null group by reason"
    ).fetchall()
    dashboard.go("forecast")
    shown = {row[0]: [number(cell.removeprefix("EUR ")) for cell in row[1:]] for row in dashboard.rows_of("Reasons")}
    assert shown == {REASONS[reason]: close_to(sums, 0.501) for reason, *sums in expected}


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ("forecast", "portfolio"),
        ("forecast?company=CO02", "company:CO02"),
        ("forecast?segment=retail", "segment:retail"),
    ],
)
def test_cash_by_week_is_the_marts(
    dashboard: Dashboard, marts: duckdb.DuckDBPyConnection, address: str, scope: str
) -> None:
    expected = marts.execute(
        "select first_date, last_date, from_open_items, p10, p90, from_billings_to_come from marts.cash_forecast_weekly"
        " where scope = ? order by week",
        [scope],
    ).fetchall()
    dashboard.go(address)
    rows = dashboard.table("cash-by-week")
    assert [row[0] for row in rows] == [f"{day(first)} to {day(last)}" for first, last, *_ in expected]
    for row, (_, _, *amounts) in zip(rows, expected, strict=True):
        shown = [row[1], *row[2].split(" to "), row[4]]
        assert [number(cell.removeprefix("EUR ")) for cell in shown] == close_to(amounts, 0.501)
        assert row[3] == NO_VALUE


def test_of_a_company_and_a_segment_together_no_cash_by_week_is_said_to_be_there(dashboard: Dashboard) -> None:
    dashboard.go("forecast?company=CO01&segment=services")
    assert "Cash by week: of a company or of a segment, not of both together" in dashboard.titles()


def test_every_reason_for_no_forecast_has_words(marts: duckdb.DuckDBPyConnection) -> None:
    reasons = marts.execute("select distinct reason from marts.payment_forecast where reason is not null").fetchall()
    assert {reason for (reason,) in reasons} <= set(REASONS)

"""Forecasts once frozen stay: over days without a refresh, replays, and refreshes that stop at a gate.

A landing of invoices that are paid is loaded, built and published by the refresh's own parts, day after day. Not here:
that a frozen forecast is what was known on its day (tests/property/test_frozen_forecasts.py).
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.generators.payments import payment_history
from tests.support.refreshes.reporting_home import Home

pytestmark = pytest.mark.long

# A Friday; the next Monday, after a month end for which nothing was published; the day after, which no gate lets pass.
FRIDAY, MONDAY, TUESDAY = date(2026, 1, 30), date(2026, 2, 2), date(2026, 2, 3)
DATED = {"invoices": "invoice_date", "receipts": "receipt_date", "applications": "applied_date"}
TABLES = {"customers": "ar", "invoices": "ar", "receipts": "payments", "applications": "payments"}
FIGURES = """
    select month_end, forecast_date, expected_cash_30d, forecasts_scored, days_off from forecasts_monthly
    where scope = 'portfolio' and month_end >= '2025-12-31' order by 1
"""
ITEMS, CASH = (f"select * from {mart} order by all" for mart in ("frozen_forecasts", "frozen_cash_forecasts"))
HISTORY = payment_history(3, TUESDAY)


def landed(row: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The row as a file has it, recorded on a day."""
    of_the_load = {"source_file_number", "source_row", "loaded_at"}
    own = {name: value for name, value in row.items() if name not in of_the_load}
    own |= {"currency_code": "EUR"} if "currency_code" in own else {}
    return {**own, "updated_at": f"{day}T08:00:00", "recorded_at": f"{day}T08:00:00", "is_deleted": "false"}


def land(home: Home, after: date, until: date, but: Collection[str] = ()) -> None:
    """Land what is dated after a day and not after another, without some rows."""
    for table, folder in TABLES.items():
        rows = [
            landed(row, row.get(DATED.get(table, ""), date(2024, 1, 1)))
            for row in HISTORY[table]
            if after < row.get(DATED.get(table, ""), date(2024, 1, 1)) <= until and not {*but} & {*row.values()}
        ]
        if rows:
            home.land(f"{folder}/{table}", *rows)


def errors_of(home: Home, frozen_on: date, until: date) -> dict[date, list[int]]:
    """Days off of what was frozen on a day and paid in full until another, by the month of the payment."""
    amounts = {row["invoice_id"]: row["amount"] for row in HISTORY["invoices"]}
    paid = {
        row["invoice_id"]: row["applied_date"]
        for row in HISTORY["applications"]
        if frozen_on < row["applied_date"] <= until and row["amount"] == amounts[row["invoice_id"]]
    }
    found: dict[date, list[int]] = {}
    expected = f"select invoice_id, expected_payment_date from frozen_forecasts where as_of_date = '{frozen_on}'"
    for invoice_id, day in home.read(expected):
        if invoice_id in paid and day:
            month_end = date(2026, 1, 31) if paid[invoice_id].month == 1 else date(2026, 2, 28)
            found.setdefault(month_end, []).append(abs((day - paid[invoice_id]).days))
    return found


def test_forecasts_are_frozen_once_and_for_the_day_they_were_made_for(tmp_path) -> None:
    home = Home(tmp_path)
    by_day = sorted(HISTORY["applications"], key=lambda row: row["applied_date"])
    later, late = [row for row in by_day if row["applied_date"] < FRIDAY][-2:]
    land(home, date(2000, 1, 1), FRIDAY, but=[late["application_id"], later["application_id"]])
    home.refresh(FRIDAY)
    first = home.read(ITEMS), home.read(CASH)
    days = "select distinct as_of_date from {} order by 1"
    assert home.read(days.format("frozen_forecasts")) == home.read(days.format("frozen_cash_forecasts")) == [(FRIDAY,)]

    land(home, FRIDAY, MONDAY)
    home.refresh(MONDAY)
    second = home.read(ITEMS), home.read(CASH)
    for mart, before, after in zip(("frozen_forecasts", "frozen_cash_forecasts"), first, second, strict=True):
        assert home.read(days.format(mart)) == [(FRIDAY,), (MONDAY,)]
        assert home.read(f"select * from {mart} where as_of_date = '{FRIDAY}' order by all") == before
        assert set(before) < set(after)

    # December was frozen too late, January has what was frozen for it, and the month that runs what is forecast today.
    [(january,)] = home.read(f"select sum(expected_cash_30d) from frozen_forecasts where as_of_date = '{MONDAY}'")
    [(today,)] = home.read("select sum(expected_cash_30d) from payment_forecast")
    errors = errors_of(home, FRIDAY, MONDAY)
    assert len(errors) > 0
    assert home.read(FIGURES) == [
        (day, made_for, cash, len(errors.get(day, [])), sum(errors.get(day, [])))
        for day, made_for, cash in (
            (date(2025, 12, 31), None, None),
            (date(2026, 1, 31), MONDAY, january),
            (date(2026, 2, 28), MONDAY, today),
        )
    ]

    # A payment of last week is learnt of: the forecast of the day changes, and what is frozen for it doesn't.
    forecast = home.read("select * from payment_forecast order by all")
    home.land("payments/applications", landed(late, MONDAY))
    home.refresh(MONDAY)
    assert home.read("select * from payment_forecast order by all") != forecast
    assert (home.read(ITEMS), home.read(CASH)) == second
    assert home.read(FIGURES)[1][:3] == (date(2026, 1, 31), MONDAY, january)

    # What is built and doesn't pass the gate isn't published, so it has frozen nothing.
    land(home, MONDAY, TUESDAY)
    home.build(TUESDAY + timedelta(30))
    assert (home.read(ITEMS), home.read(CASH)) == second

    # January and February are closed; then a payment of January is learnt of. What was forecast is no other figure.
    home.refresh(TUESDAY + timedelta(30))
    home.land("payments/applications", landed(later, TUESDAY + timedelta(31)))
    home.refresh(TUESDAY + timedelta(31))
    assert home.read(FIGURES)[1][:3] == (date(2026, 1, 31), MONDAY, january)
    reported = (
        "select value from reported_kpis_monthly where month_end = '2026-01-31' and scope = 'portfolio' and kpi_id"
    )
    assert home.read(f"{reported} = 'expected_cash_30d'") == [(float(january),)]
    restated = {kpi_id for (kpi_id,) in home.read("select distinct kpi_id from kpi_restatements")}
    assert "average_days_late" in restated
    assert not {"expected_cash_30d", "cash_at_risk_share"} & restated

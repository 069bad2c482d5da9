"""Forecasts once frozen stay: over days without a refresh, replays, and refreshes that stop at a gate.

A landing of invoices that are paid is loaded, built and published by the refresh's own parts, day after day. Not here:
that a frozen forecast is what was known on its day (tests/property/test_frozen_forecasts.py).
"""

from collections.abc import Mapping
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
ITEMS, CASH = (f"select * from {mart} order by all" for mart in ("frozen_forecasts", "frozen_cash_forecasts"))
HISTORY = payment_history(3, TUESDAY)


def landed(row: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The row as a file has it, recorded on a day."""
    of_the_load = {"source_file_number", "source_row", "loaded_at"}
    own = {name: value for name, value in row.items() if name not in of_the_load}
    own |= {"currency_code": "EUR"} if "currency_code" in own else {}
    return {**own, "updated_at": f"{day}T08:00:00", "recorded_at": f"{day}T08:00:00", "is_deleted": "false"}


def land(home: Home, after: date, until: date, but: str = "") -> None:
    """Land what is dated after a day and not after another, without a row."""
    for table, folder in TABLES.items():
        rows = [
            landed(row, row.get(DATED.get(table, ""), date(2024, 1, 1)))
            for row in HISTORY[table]
            if after < row.get(DATED.get(table, ""), date(2024, 1, 1)) <= until and but not in row.values()
        ]
        if rows:
            home.land(f"{folder}/{table}", *rows)


def test_forecasts_are_frozen_once_and_for_the_day_they_were_made_for(tmp_path) -> None:
    home = Home(tmp_path)
    late = max(
        (row for row in HISTORY["applications"] if row["applied_date"] < FRIDAY), key=lambda row: row["applied_date"]
    )
    land(home, date(2000, 1, 1), FRIDAY, but=late["application_id"])
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

    # A payment of last week is learnt of: the forecast of the day changes, and what is frozen for it doesn't.
    forecast = home.read("select * from payment_forecast order by all")
    home.land("payments/applications", landed(late, MONDAY))
    home.refresh(MONDAY)
    assert home.read("select * from payment_forecast order by all") != forecast
    assert (home.read(ITEMS), home.read(CASH)) == second

    # What is built and doesn't pass the gate isn't published, so it has frozen nothing.
    land(home, MONDAY, TUESDAY)
    home.build(TUESDAY + timedelta(30))
    assert (home.read(ITEMS), home.read(CASH)) == second

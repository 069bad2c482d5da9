"""How good the forecast of payments is on a real ledger, month end by month end, by a judge that isn't ours.

The judge and the ledger are borrowed. Not here: whether the forecast is what it is meant to be
(tests/property/test_payment_forecasts.py).
"""

import csv
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.support.borrowed import IBM_LATE_PAYMENTS, JUDGE, SHARED_DIR, needs_borrowed
from tests.support.compiled_models import compiled_models, mart_rows
from tests.support.generators.payments import payment_history

pytestmark = pytest.mark.long

# From the first month end that knows a hundred payments to the last whose payments are all known.
ORIGINS = [date(2012 + month // 12, month % 12 + 1, 1) - timedelta(1) for month in range(3, 25)]


@needs_borrowed(IBM_LATE_PAYMENTS.place)
@needs_borrowed(JUDGE.parent.name)
def test_the_ledger_of_ibm_is_forecast_as_well_as_the_docs_say(tmp_path: Path) -> None:
    landing, rows, weeks = IBM_LATE_PAYMENTS.usable_rows(), [], []
    for origin in ORIGINS:
        with compiled_models(origin).of(("payment_forecast", "cash_forecast_weekly")).build(landing) as connection:
            rows += mart_rows(connection, "payment_forecast", ("invoice_id", "part")).values()
            weeks += mart_rows(connection, "cash_forecast_weekly", ("week", "scope")).values()
    forecasts, weekly, scores = (tmp_path / f"{name}.csv" for name in ("forecasts", "weekly", "scores"))
    with forecasts.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["origin", "invoice_id", "expected_payment_date", "p10", "p90", "p_late_0", "p_late_30"])
        for row in rows:
            dates = (row["expected_payment_date"], row["p10_date"], row["p90_date"])
            writer.writerow([row["as_of_date"], row["invoice_id"], *dates, row["p_late_0"], row["p_late_30"]])
    with weekly.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["origin", "week", "expected_cash", "p10", "p90"])
        for row in weeks:
            if row["level"] == "currency":
                writer.writerow([row["as_of_date"], row["week"], row["from_open_items"], row["p10"], row["p90"]])
    ledger = ["--ledger", IBM_LATE_PAYMENTS.landing, "--forecasts", forecasts, "--weekly", weekly, "--out", scores]
    done = subprocess.run(
        [sys.executable, *map(str, [SHARED_DIR / JUDGE, *ledger])], capture_output=True, text=True, check=True
    )
    assert "PROBLEM" not in done.stdout
    with scores.open(newline="") as file:
        methods = {row["method"]: row for row in csv.DictReader(file)}
    ours, median = (
        {name: float(methods[method][name]) for name in ("MAE", "AUC0", "Brier0", "cov80", "WAPE13", "AUC30")}
        for method in ("FORECAST", "customer median")
    )
    assert ours["MAE"] <= 5.9 and ours["MAE"] < median["MAE"]
    assert ours["AUC0"] >= 0.848 and ours["AUC0"] > median["AUC0"] and ours["AUC30"] > median["AUC30"]
    assert ours["Brier0"] <= 0.158 and ours["Brier0"] < median["Brier0"]
    assert 76 <= ours["cov80"] <= 86
    assert 72 <= float(methods["FORECAST"]["wkcov80"]) <= 88
    assert ours["WAPE13"] <= 24.5 and ours["WAPE13"] < median["WAPE13"]


def test_no_skill_is_found_in_noise() -> None:
    """All customers pay alike, at random: who is said to pay later doesn't, and what is said of all together holds.

    Only what is due in three weeks or more: of what is due sooner, that it is still unpaid says something.
    """
    origin, later = date(2024, 6, 30), date(2025, 6, 30)
    history = payment_history(7, later, invoices=12_000, days=1400, habit=False)
    with compiled_models(origin).of(("payment_forecast",)).build(history) as connection:
        said = {
            row["invoice_id"]: row for row in mart_rows(connection, "payment_forecast", ("invoice_id", "part")).values()
        }
    paid = {row["invoice_id"]: row["applied_date"] for row in history["applications"] if row["amount"] > 1}
    known = [
        (row["p_late_0"], paid[invoice_id] > row["due_date"])
        for invoice_id, row in said.items()
        if row["due_date"] > origin + timedelta(20) and invoice_id in paid
    ]
    late = [said_of for said_of, was_late in known if was_late]
    in_time = [said_of for said_of, was_late in known if not was_late]
    pairs = [(a > b) + (a == b) / 2 for a in late for b in in_time]
    assert len(known) > 60
    assert sum(pairs) / len(pairs) == pytest.approx(0.5, abs=0.12)
    assert sum(said_of for said_of, _ in known) / len(known) == pytest.approx(len(late) / len(known), abs=0.1)

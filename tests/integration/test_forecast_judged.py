"""How good the forecast of payments is on a real ledger and on the sample, month by month, by a judge that isn't ours.

The judge and the real ledger are borrowed. Not here: whether the forecast is what it is meant to be
(tests/property/test_payment_forecasts.py).
"""

import csv
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from duebook.settings import SAMPLE_LANDING
from tests.support.borrowed import IBM_LATE_PAYMENTS, JUDGE, SHARED_DIR, needs_borrowed
from tests.support.compiled_models import compiled_models, mart_rows
from tests.support.generators.payments import payment_history
from tests.support.landing.sample import loaded_sample

pytestmark = pytest.mark.long

Row = Mapping[str, Any]
# From the first month end that knows a hundred payments to the last whose payments are all known.
ORIGINS = [date(2012 + month // 12, month % 12 + 1, 1) - timedelta(1) for month in range(3, 25)]
# A year of the sample, with two months to see what came of the last.
SAMPLE_ORIGINS = [date(2025 + month // 12, month % 12 + 1, 1) - timedelta(1) for month in range(6, 17)]
# To the judge an invoice whose day is beyond the curve is paid on the day after it.
BEYOND = timedelta(366)


@needs_borrowed(IBM_LATE_PAYMENTS.place)
@needs_borrowed(JUDGE.parent.name)
def test_the_ledger_of_ibm_is_forecast_as_well_as_the_docs_say(tmp_path: Path) -> None:
    made = forecasts(IBM_LATE_PAYMENTS.usable_rows(), ORIGINS)
    ours, median = judged(tmp_path, IBM_LATE_PAYMENTS.landing, *made)
    assert ours["MAE"] <= 5.9 and ours["MAE"] < median["MAE"]
    assert ours["AUC0"] >= 0.848 and ours["AUC0"] > median["AUC0"] and ours["AUC30"] > median["AUC30"]
    assert ours["Brier0"] <= 0.158 and ours["Brier0"] < median["Brier0"]
    # Of 1,991 twelve were that late: to four digits they are the same.
    assert round(ours["Brier30"], 4) <= round(median["Brier30"], 4)
    assert 76 <= ours["cov80"] <= 86
    assert 72 <= ours["wkcov80"] <= 88
    assert ours["WAPE13"] <= 24.5 and ours["WAPE13"] < median["WAPE13"]


@pytest.fixture(scope="module")
def of_the_sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Row], list[Row]]:
    return forecasts(loaded_sample(tmp_path_factory.mktemp("sample")), SAMPLE_ORIGINS)


@needs_borrowed(JUDGE.parent.name)
@pytest.mark.parametrize("currency", ["EUR", "JPY", "USD"])
def test_the_sample_is_forecast_as_well_as_the_docs_say(
    of_the_sample: tuple[list[Row], list[Row]], tmp_path: Path, currency: str
) -> None:
    items, weeks = ([row for row in rows if row["currency_code"] == currency] for rows in of_the_sample)
    ours, median = judged(tmp_path, SAMPLE_LANDING, items, weeks, ["--currency", currency])
    for measure in ("AUC0", "AUC30"):
        assert ours[measure] > median[measure]
    for measure in ("Brier0", "Brier30", "WAPE13", "WAPE4"):
        assert ours[measure] < median[measure]
    assert ours["ECE0"] <= 0.06 and ours["ECE30"] <= 0.04
    assert 80 <= ours["cov80"] <= 88 and 80 <= ours["wkcov80"] <= 88


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


def forecasts(landing: Mapping[str, list[dict[str, Any]]], origins: Iterable[date]) -> tuple[list[Row], list[Row]]:
    """Rows of payment_forecast and of cash_forecast_weekly, as of each of some days."""
    items, weeks = [], []
    for origin in origins:
        with compiled_models(origin).of(("payment_forecast", "cash_forecast_weekly")).build(landing) as connection:
            items += mart_rows(connection, "payment_forecast", ("invoice_id", "part")).values()
            weeks += mart_rows(connection, "cash_forecast_weekly", ("week", "scope")).values()
    return items, weeks


def judged(
    folder: Path, ledger: Path, items: Iterable[Row], weeks: Iterable[Row], options: Iterable[str] = ()
) -> list[dict[str, float]]:
    """What the judge says of forecasts, and of each customer's median: figures by their names.

    It knows invoices, not their instalments: an invoice is paid when its last part is.
    """
    last: dict[tuple[date, str], tuple[date, Row]] = {}
    for row in items:
        expected = row["expected_payment_date"] or max(row["as_of_date"], row["due_date"] or row["as_of_date"]) + BEYOND
        place = row["as_of_date"], row["invoice_id"]
        if place not in last or last[place][0] < expected:
            last[place] = expected, row
    said, weekly, scores = (folder / f"{name}.csv" for name in ("forecasts", "weekly", "scores"))
    with said.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["origin", "invoice_id", "expected_payment_date", "p10", "p90", "p_late_0", "p_late_30"])
        for (origin, invoice_id), (expected, row) in last.items():
            # Of what has no forecast nothing is known.
            late = [0.5 if row[name] is None else row[name] for name in ("p_late_0", "p_late_30")]
            writer.writerow([origin, invoice_id, expected, row["p10_date"], row["p90_date"], *late])
    with weekly.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["origin", "week", "expected_cash", "p10", "p90"])
        for row in weeks:
            if row["level"] == "currency":
                writer.writerow([row["as_of_date"], row["week"], row["from_open_items"], row["p10"], row["p90"]])
    asked = ["--ledger", ledger, "--forecasts", said, "--weekly", weekly, "--out", scores, *options]
    done = subprocess.run(
        [sys.executable, *map(str, [SHARED_DIR / JUDGE, *asked])], capture_output=True, text=True, check=True
    )
    problems = [line for line in done.stdout.splitlines() if line.startswith("PROBLEM")]
    assert [line for line in problems if " 0 open items without a forecast" not in line] == []
    with scores.open(newline="") as file:
        methods = {row.pop("method"): row for row in csv.DictReader(file)}
    return [
        {name: float(value) for name, value in methods[method].items() if value}
        for method in ("FORECAST", "customer median")
    ]

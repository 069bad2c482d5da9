"""The borrowed data sets through the loader and `dbt build`: every expected figure, and every row held back.

Not here: what of them is loaded (test_loading_borrowed.py).
"""

import csv
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from duebook.landing.loading import load_landing
from duebook.publication.reader import Published
from duebook.settings import Settings, marts_file_of
from explain.answer import explain
from explain.question import find_question
from tests.support.agreement.comparing import LEVEL_KEY
from tests.support.borrowed import (
    AR_500_CUSTOMERS,
    HELD_BACK,
    IBM_LATE_PAYMENTS,
    NO_AMOUNT,
    NOT_ISO,
    BorrowedSet,
    needs_borrowed,
)
from tests.support.compiled_models import mart_rows, run_dbt
from tests.support.warehouses import open_warehouse

pytestmark = pytest.mark.long

FIGURES = ("dso_monthly", "cei_monthly", "delinquency_monthly")
# What KPIs are explained from; their data tests hold contributions and causes against the scorecard.
EXPLAINED = (
    *("scorecard_monthly", "kpi_contributions_monthly", "kpi_changes_monthly", "active_accounts_monthly"),
    *("dim_kpis", "dim_customers", "dim_aging_buckets"),
    *("dim_months", "customer_measures_monthly", "open_item_balances_monthly", "open_item_measures_monthly"),
    *("account_measures_monthly", "dso_countback_months"),
)
# What is compared, and all it is made of; a data test runs when everything it reads is built.
COMPARED = (*FIGURES, "receivables_daily", "fct_receivables_ledger", "quarantined_rows", "interest_on_arrears_monthly")
BAD_INVOICES = {invoice_id for invoice_id, _ in HELD_BACK}
CORRECTED_AMOUNT = "1000"
# The larger one, whose bad rows are corrected in a second build, is for the slow run.
IBM, AR_500 = needs_borrowed(IBM_LATE_PAYMENTS.place), needs_borrowed(AR_500_CUSTOMERS.place)
NAMES = [pytest.param("ibm", marks=IBM), pytest.param("ar_500", marks=[AR_500, pytest.mark.slow])]


@dataclass(frozen=True)
class Built:
    """A borrowed set, loaded and built: its settings, and its warehouse as it was then."""

    data: BorrowedSet
    settings: Settings
    warehouse: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple]:
        return self.warehouse.execute(query).fetchall()


def build(settings: Settings, folder: Path, marts: Iterable[str]) -> duckdb.DuckDBPyConnection:
    """Load what is new in the landing, build and test the marts with all they are made of, and open a copy."""
    load_landing(settings, lambda line: None)
    selected = ["--select", *(f"+{mart}" for mart in marts), "--indirect-selection", "cautious"]
    selected += ["--exclude-resource-type", "unit_test"]
    run_dbt(settings, ["build", *selected], settings.home / "dbt")
    folder.mkdir()
    for file in (settings.warehouse_file, marts_file_of(settings.warehouse_file)):
        shutil.copy(file, folder)
    return open_warehouse(folder / settings.warehouse_file.name, read_only=True)


def built_set(data: BorrowedSet, folder: Path) -> Iterator[Built]:
    """A copy of the set's landing, built as of its day; which currency to report in is left to be found."""
    landing = Path(shutil.copytree(data.landing, folder / "landing"))
    settings = Settings(landing=landing, home=folder / "home", as_of=data.as_of)
    with build(settings, folder / "first", COMPARED + EXPLAINED) as warehouse:
        yield Built(data, settings, warehouse)


@pytest.fixture(scope="module")
def ibm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    yield from built_set(IBM_LATE_PAYMENTS, tmp_path_factory.mktemp("ibm"))


@pytest.fixture(scope="module")
def ar_500(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    yield from built_set(AR_500_CUSTOMERS, tmp_path_factory.mktemp("ar 500"))


@pytest.fixture(scope="module")
def corrected(ar_500: Built) -> Iterator[Built]:
    """The dirty set once more, after a second file brought the bad invoices in order."""
    folder = ar_500.settings.landing / "ar" / "invoices"
    with (folder / "load_1.csv").open(newline="") as file:
        bad = {row["invoice_id"]: row for row in csv.DictReader(file) if row["invoice_id"] in BAD_INVOICES}
    with (folder / "load_2.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, next(iter(bad.values())))
        writer.writeheader()
        writer.writerows(correct(row) for row in bad.values())
    with build(ar_500.settings, ar_500.settings.landing.parent / "corrected", COMPARED) as warehouse:
        yield Built(ar_500.data, ar_500.settings, warehouse)


def correct(row: dict[str, str]) -> dict[str, str]:
    """The row as it should have been landed; what an amount should have been nobody knows."""
    if row["invoice_id"] in NOT_ISO:
        return row | {"invoice_date": datetime.strptime(row["invoice_date"], "%d/%m/%Y").date().isoformat()}
    if row["invoice_id"] in NO_AMOUNT:
        return row | {"amount": CORRECTED_AMOUNT}
    return row | {"amount": row["amount"].removeprefix("-")}


@pytest.mark.parametrize("mart", FIGURES)
@pytest.mark.parametrize("name", NAMES)
def test_every_expected_figure_is_reproduced(request: pytest.FixtureRequest, name: str, mart: str) -> None:
    built: Built = request.getfixturevalue(name)
    expected = built.data.expected(mart)
    found = mart_rows(built.warehouse, mart, LEVEL_KEY)
    assert set(found) == set(expected)
    for key, figures in expected.items():
        for column, value in figures.items():
            if value is None:
                assert found[key][column] is None, (key, column)
            else:
                assert float(found[key][column]) == pytest.approx(value, abs=1e-6), (key, column)


@pytest.mark.parametrize("name", NAMES)
def test_every_kpi_of_the_portfolio_is_explained(request: pytest.FixtureRequest, name: str) -> None:
    """Customers, open items and causes add up, or `explain` refuses; the last month but one is the last with sales."""
    built: Built = request.getfixturevalue(name)
    kpis = [kpi for (kpi,) in built.rows("select distinct kpi_id from marts.kpi_changes_monthly order by 1")]
    assert len(kpis) == 20
    for kpi_id in kpis:
        published = Published(built.warehouse)
        question = find_question(published, kpi_id, None, "portfolio").month_before
        answer = explain(published, question)
        assert answer.customers or not answer.value, kpi_id


@IBM
def test_a_null_figure_has_its_reason(ibm: Built) -> None:
    """In the last month nothing was sold any more."""
    unexplained = "select count(*) filter (where reason is null), count(*) from marts.{} where {} is null"
    assert ibm.rows(unexplained.format("dso_monthly", "dso")) == [(0, 12)]
    assert ibm.rows(unexplained.format("cei_monthly", "cei")) == [(0, 2)]


@IBM
def test_nothing_of_the_clean_set_is_held_back(ibm: Built) -> None:
    assert ibm.rows("select count(*) from marts.quarantined_rows") == [(0,)]


@AR_500
@pytest.mark.slow
def test_the_bad_invoices_are_held_back_by_name_and_cell(ar_500: Built) -> None:
    held = ar_500.rows("select row_key, column_name, reason from marts.quarantined_rows where found_by = 'load'")
    assert {(json.loads(key)["invoice_id"], column): reason for key, column, reason in held} == HELD_BACK
    assert len(held) == len(HELD_BACK)


def waiting_applications(built: Built) -> dict[str, dict[str, str]]:
    """Landed applications of invoices that are held back."""
    with (built.settings.landing / "payments" / "applications" / "load_1.csv").open(newline="") as file:
        return {row["application_id"]: row for row in csv.DictReader(file) if row["invoice_id"] in BAD_INVOICES}


@AR_500
@pytest.mark.slow
def test_their_applications_wait_for_them(ar_500: Built) -> None:
    waiting = waiting_applications(ar_500)
    held = ar_500.rows(
        """select table_name, row_key, column_name, value, source_file from marts.quarantined_rows
        where found_by = 'models'"""
    )
    assert len(held) == len(waiting) == 16
    assert {(json.loads(key)["application_id"], invoice) for _, key, _, invoice, _ in held} == {
        (application, row["invoice_id"]) for application, row in waiting.items()
    }
    assert {(table, column, file) for table, _, column, _, file in held} == {
        ("applications", "invoice_id", "payments/applications/load_1.csv")
    }


def balances(built: Built, item_type: str, items: set[str]) -> dict[str, Decimal]:
    """Balance of each item by the ledger."""
    rows = built.rows(
        f"select item_id, sum(amount) from marts.fct_receivables_ledger where item_type = '{item_type}' group by 1"
    )
    return {item: balance for item, balance in rows if item in items}


@AR_500
@pytest.mark.slow
def test_their_receipts_stay_as_unapplied_cash(ar_500: Built) -> None:
    waiting = waiting_applications(ar_500)
    receipts = {row["receipt_id"]: -Decimal(row["amount"]) for row in waiting.values()}
    assert balances(ar_500, "receipt", set(receipts)) == receipts


@AR_500
@pytest.mark.slow
def test_an_exact_repeat_doubles_nothing(ar_500: Built) -> None:
    """8,005 rows, 5 of them repeats, 19 held back."""
    issued = "select count(*), count(distinct item_id) from marts.fct_receivables_ledger where event_type = {}"
    assert ar_500.rows(issued.format("'invoice_issued'")) == [(7981, 7981)]


@AR_500
@pytest.mark.slow
def test_corrected_rows_leave_quarantine_with_all_that_waited(corrected: Built) -> None:
    assert corrected.rows("select * from marts.quarantined_rows") == []


@AR_500
@pytest.mark.slow
def test_corrected_invoices_take_their_places(ar_500: Built, corrected: Built) -> None:
    issued = "select item_id, effective_date from marts.fct_receivables_ledger where event_type = 'invoice_issued'"
    before, after = dict(ar_500.rows(issued)), dict(corrected.rows(issued))
    assert after.keys() - before.keys() == BAD_INVOICES
    assert after["INV01272"] == date(2025, 4, 29)


@AR_500
@pytest.mark.slow
def test_their_applications_settle_them_and_use_up_the_receipts(corrected: Built) -> None:
    waiting = waiting_applications(corrected)
    receipts = {row["receipt_id"] for row in waiting.values()}
    assert set(balances(corrected, "receipt", receipts).values()) == {Decimal(0)}
    applied = {row["invoice_id"]: Decimal(row["amount"]) for row in waiting.values()}
    amounts = dict(
        corrected.rows("select item_id, amount from marts.fct_receivables_ledger where event_type = 'invoice_issued'")
    )
    left = {invoice: amounts[invoice] - paid for invoice, paid in applied.items()}
    assert min(left.values()) < 0, "what an amount should have been nobody knows, so some are overpaid"
    assert balances(corrected, "invoice", set(applied)) == {
        invoice: max(rest, Decimal(0)) for invoice, rest in left.items()
    }
    overpaid = {
        invoice: balance for invoice, balance in balances(corrected, "overpayment", set(applied)).items() if balance
    }
    assert overpaid == {invoice: rest for invoice, rest in left.items() if rest < 0}

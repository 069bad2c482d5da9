"""When rates, and documents that make rates, have a build start over."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.built_home import DAY, NEXT, Home


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that was built for the day."""
    return Home(tmp_path_factory.mktemp("built") / "a home")


@pytest.fixture
def home(built: Home, tmp_path: Path) -> Home:
    """A copy of it."""
    return built.copied_to(tmp_path / "a home")


RATES_CHANGED = "exchange rates of days already built have changed"


@pytest.mark.parametrize(
    ("day", "rate", "why"),
    [
        (DAY, "1.20", RATES_CHANGED),
        (DAY, "1.10", None),
        (DAY - timedelta(days=1), "1.10", RATES_CHANGED),
        (NEXT, "1.20", None),
    ],
    ids=["another rate", "the same again", "of a day that had none", "of a day to come"],
)
def test_rates_of_days_already_built_start_over(home: Home, day: date, rate: str, why: str | None) -> None:
    home.rate(day, rate, number=2)
    assert home.plan(NEXT).why_full == why


def test_a_deleted_rate_starts_over(home: Home) -> None:
    home.rate(DAY, "1.10", number=2, is_deleted=True)
    assert home.plan(NEXT).why_full == RATES_CHANGED


DOCUMENTS_MAKE = "documents make exchange rates of days already built"


@pytest.mark.parametrize(
    ("table", "day", "more", "why"),
    [
        ("invoices", DAY, {}, None),
        ("invoices", DAY - timedelta(days=1), {}, DOCUMENTS_MAKE),
        ("credit_memos", DAY - timedelta(days=1), {}, DOCUMENTS_MAKE),
        ("receipts", DAY - timedelta(days=1), {}, DOCUMENTS_MAKE),
        ("invoices", DAY - timedelta(days=1), {"exchange_rate": None}, None),
        ("invoices", DAY - timedelta(days=1), {"currency_code": "EUR"}, None),
        ("invoices", DAY - timedelta(days=1), {"company_id": "gone"}, None),
        ("invoices", DAY - timedelta(days=1), {"is_deleted": True}, None),
        ("invoices", DAY - timedelta(days=2), {"exchange_rate": Decimal(9)}, None),
        ("invoices", NEXT, {}, None),
    ],
    ids=[
        *("a landed rate counts", "an invoice", "a memo", "a receipt", "no rate", "the company's currency"),
        *("no company", "a tombstone", "a day that had one", "a day to come"),
    ],
)
def test_documents_that_make_rates_of_days_already_built_start_over(
    home: Home, table: str, day: date, more: dict[str, object], why: str | None
) -> None:
    def document(its_table: str, its_day: date, number: int, **given: object) -> None:
        row = {"company_id": "C", "currency_code": "USD", "exchange_rate": Decimal(1)}
        date_column = f"{its_table.removesuffix('s')}_date"
        home.landed.row(its_table, **row | {date_column: its_day, "source_file_number": number} | given)

    home.landed.run("update raw.companies set currency_code = 'EUR'")
    document("invoices", DAY - timedelta(days=2), 1)
    assert home.plan(NEXT).why_full is None
    document(table, day, 2, **more)
    assert home.plan(NEXT).why_full == why


def test_a_company_whose_documents_waited_for_it_makes_their_rates(home: Home) -> None:
    waiting = {"company_id": "D", "currency_code": "USD", "invoice_date": DAY - timedelta(days=1)}
    home.landed.row("invoices", **waiting, exchange_rate=Decimal(1))
    assert home.plan(NEXT).why_full is None
    home.landed.row("companies", company_id="D", currency_code="EUR", source_file_number=2)
    assert home.plan(NEXT).why_full == DOCUMENTS_MAKE


def test_another_currency_of_a_company_starts_over(home: Home) -> None:
    home.landed.row("companies", company_id="C", currency_code="EUR", source_file_number=2)
    home.landed.run("update raw.companies set currency_code = 'EUR'")
    assert home.plan(NEXT).why_full is None
    home.landed.row("companies", company_id="C", currency_code="USD", source_file_number=3)
    assert home.plan(NEXT).why_full == "a company has another currency than before"


def test_another_age_of_rates_starts_over(home: Home) -> None:
    why = "models, reference data, expectations or settings are other than last time"
    assert home.plan(NEXT, max_rate_age_days=3).why_full == why

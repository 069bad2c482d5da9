"""Balances taken over from an old system, by hand: an inflow of what can be collected, and no sale.

Here: what a company's month shows whose balances came over in mid-history. Not here: random ledgers, in which they are
drawn like anything else (test_marts.py).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from duebook.publication.reader import Published
from explain.answer import explain
from explain.question import find_question
from tests.support import documents
from tests.support.compiled_models import MARTS, MONTH_END, REPORTING_CURRENCY, compiled_models
from tests.support.documents import Row
from tests.support.generators.ledgers import landed_in_order

JANUARY = date(2024, 1, 31)
NEXT_MONTHS = date(2024, 4, 30)
BUILT = (
    *MARTS,
    *("scorecard_monthly", "dim_kpis", "dim_customers", "dim_aging_buckets", "dim_event_types"),
    *("kpi_contributions_monthly", "kpi_changes_monthly", "kpi_restatements", "kpi_restatement_causes"),
    *("dim_months", "customer_measures_monthly", "open_item_balances_monthly", "open_item_measures_monthly"),
    *("account_measures_monthly", "dso_countback_months"),
)


def company(name: str) -> list[Row]:
    return [
        ("companies", {"company_id": name, "currency_code": REPORTING_CURRENCY}),
        ("customers", {"customer_id": f"of {name}"}),
    ]


def document(table: str, name: str, place: int, amount: int, day: date, **more: Any) -> Row:
    owner = {"company_id": name, "customer_id": f"of {name}"}
    return documents.document(table, f"{name}{place}", amount, day, **owner, **more)


def paid(name: str, place: int, amount: int, day: date) -> list[Row]:
    receipt = document("receipts", name, place, amount, day)
    application = {"receipt_id": f"{name}{place}", "invoice_id": f"{name}{place}", "applied_date": day}
    return [receipt, ("applications", {"application_id": f"{name}{place}", "amount": Decimal(amount), **application})]


OPENING: dict[str, Any] = {"invoice_type": "opening_balance"}
ROWS: list[Row] = [
    # December: 100 sold. January: 100 sold and not due, 100 paid, and 205 taken over, due before: 305 owed.
    *company("late"),
    document("invoices", "late", 1, 100, date(2023, 12, 10), due_date=JANUARY),
    document("invoices", "late", 2, 100, date(2024, 1, 10), due_date=NEXT_MONTHS),
    document("invoices", "late", 3, 205, date(2024, 1, 15), due_date=date(2023, 11, 30), **OPENING),
    *paid("late", 1, 100, date(2024, 1, 20)),
    # January: 300 sold; of an old system 80 owed and 200 in credit: 180 owed.
    *company("credited"),
    document("invoices", "credited", 1, 300, date(2024, 1, 5), due_date=NEXT_MONTHS),
    document("invoices", "credited", 2, 80, date(2024, 1, 2), due_date=NEXT_MONTHS, **OPENING),
    document("credit_memos", "credited", 3, 200, date(2024, 1, 2), memo_type="opening_credit"),
    # Nothing but balances taken over.
    *company("old"),
    document("invoices", "old", 1, 50, date(2024, 1, 2), due_date=date(2023, 12, 1), **OPENING),
]


@pytest.fixture(scope="module")
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    with compiled_models(MONTH_END).of(BUILT).build(landed_in_order(ROWS, MONTH_END)) as connection:
        yield connection


def january(published: duckdb.DuckDBPyConnection, mart: str, name: str, *columns: str) -> tuple:
    query = f"select {', '.join(columns)} from marts.{mart} where month_end = ? and scope = ?"
    [row] = published.execute(query, [JANUARY, f"company:{name}"]).fetchall()
    return row


def test_balances_taken_over_are_an_inflow_of_what_can_be_collected(published: duckdb.DuckDBPyConnection) -> None:
    """(100 + 100 + 205 - 305) / (100 + 100 + 205 - 100); as if nothing had come over: -5 / 100 x ..., -105 %."""
    columns = ("opening_receivables", "net_credit_sales", "taken_over", "collected", "collectible")
    assert january(published, "cei_monthly", "late", *columns) == (100, 100, 205, 100, 305)
    assert january(published, "cei_monthly", "late", "cei", "cei_cash_only", "collection_rate") == (
        pytest.approx(100 / 305 * 100),
        pytest.approx(100 / 305 * 100),
        pytest.approx(100 / 405),
    )


def test_credits_taken_over_are_no_negative_sales(published: duckdb.DuckDBPyConnection) -> None:
    """180 / 300 x 31; as negative sales 180 / 100 x 31 = 55.8."""
    assert january(published, "dso_monthly", "credited", "receivables", "net_credit_sales", "dso") == (
        *(180, 300),
        pytest.approx(18.6),
    )
    assert january(published, "cei_monthly", "credited", "taken_over") == (-120,)


def test_balances_taken_over_alone_are_no_sales(published: duckdb.DuckDBPyConnection) -> None:
    columns = ("net_credit_sales", "dso", "reason", "dso_3m", "reason_3m", "dso_average", "average_days_delinquent")
    found = january(published, "dso_monthly", "old", *columns)
    assert found == (0, None, "no_sales", None, "no_sales", None, None)
    assert january(published, "cei_monthly", "old", "taken_over", "cei", "reason") == (50, 0, None)


def test_what_was_taken_over_stands_in_the_roll_forward_among_invoices_and_credits(
    published: duckdb.DuckDBPyConnection,
) -> None:
    query = "select invoiced, credited, taken_over, closing_balance from marts.receivables_daily where company_id = ?"
    rows = published.execute(f"{query} and date_day = ?", ["credited", date(2024, 1, 2)]).fetchall()
    assert rows == [(80, 200, -120, -120)]


def test_a_change_of_cei_has_taken_over_as_a_cause(published: duckdb.DuckDBPyConnection) -> None:
    """Accounts, invoices and amounts that came over are no new sales; nothing else is collected by that."""
    for kpi_id in ("delinquency_rate_count", "delinquency_rate_accounts", "delinquency_rate_amount", "collection_rate"):
        reader = Published(published)
        answer = explain(reader, find_question(reader, kpi_id, "2024-01", "company:late"))
        assert answer.change.causes["taken_over"] != 0, kpi_id
        assert answer.change.causes["new_sales"] <= 0, kpi_id

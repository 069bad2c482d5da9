"""What a source doesn't say: a company's currency is asked for, a document without an open amount isn't compared."""

from decimal import Decimal
from pathlib import Path

import pytest

from duebook.adapters.engine.definition import AdapterError
from tests.support.adapters.month_ends import made_of

FILES = {
    "adapter.yml": """
adapter: small
description: One table.
shapes:
  tables:
    tables:
      invoice:
        needs: {id: id, amount: money}
        may_have: {balance: money, currency: text}
""",
    "companies.sql": """
select 'ACME' as company_id, max(currency) as currency_code
from {{ source('small', 'invoice') }}
where id <> 'of nobody'
having count(*) > 0
""",
    "invoices.sql": """
select
    id as invoice_id,
    'ACME' as company_id,
    'C1' as customer_id,
    date '2024-01-01' as invoice_date,
    currency as currency_code,
    amount
from {{ source('small', 'invoice') }}
""",
    "own_balance.sql": """
select 'invoice' as document_type, id as document_id, currency as currency_code, balance as open_amount
from {{ source('small', 'invoice') }}
""",
}


@pytest.fixture
def small(tmp_path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text.strip() + "\n", encoding="utf-8")
    (tmp_path / "source").mkdir()
    return folder


def differing(small: Path, rows: str) -> tuple[int, list[tuple[str, Decimal]]] | None:
    """How many documents were compared, and those that differ, with the source's open amounts."""
    (small.parent / "source" / "invoice.csv").write_text(rows, encoding="utf-8")
    with made_of(small, small.parent / "source", small.parent / "home") as made:
        tie = made.tie
        return tie and (tie.documents, [(one.document_id, one.theirs) for one in tie.differences])


def test_a_document_without_an_open_amount_of_the_source_is_not_compared(small) -> None:
    assert differing(small, "id,amount,balance,currency\n1,10,10,EUR\n2,20,,EUR\n3,30,29,EUR\n") == (
        2,
        [("3", Decimal(29))],
    )


def test_a_source_without_any_open_amount_has_no_tie(small) -> None:
    assert differing(small, "id,amount,currency\n1,10,EUR\n") is None


def test_a_company_without_a_currency_is_asked_for(small) -> None:
    with pytest.raises(AdapterError, match=r"which currency ACME keeps .*company_id: ACME, currency: EUR"):
        differing(small, "id,amount,balance\n1,10,10\n")


def test_a_source_without_a_company_asks_for_one(small) -> None:
    with pytest.raises(AdapterError, match="which currency the company keeps its books in"):
        differing(small, "id,amount,balance,currency\nof nobody,1,1,EUR\n")


def test_an_empty_source_asks_for_nothing(small) -> None:
    assert differing(small, "id,amount,balance,currency\n") is None

"""What a source doesn't say: a company's currency is asked for, a document without an open amount isn't compared."""

from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
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


@pytest.mark.parametrize(("payer", "is_refused"), [("", True), ("C9", False)])
@pytest.mark.parametrize("command", ["adapter-check", "land"])
def test_a_required_id_that_is_empty_is_named_by_its_table_and_row(small, command, payer, is_refused) -> None:
    text = (small / "adapter.yml").read_text(encoding="utf-8")
    text = text.replace("needs: {id: id,", "key: [id]\n        needs: {id: id, payer: id,")
    (small / "adapter.yml").write_text(text, encoding="utf-8")
    text = (small / "invoices.sql").read_text(encoding="utf-8")
    (small / "invoices.sql").write_text(text.replace("'C1' as", "payer as"), encoding="utf-8")
    place = small.parent / "source" / "invoice.csv"
    place.write_text(f"id,payer,amount,balance,currency\n1,C1,10,10,EUR\nX2,{payer},20,20,EUR\n", encoding="utf-8")
    folders = ["--home", str(small.parent / "home"), "--landing", str(small.parent / "landing")]
    words = [command, "--adapter", str(small), "--source", str(small.parent / "source"), *folders]
    done = CliRunner().invoke(app, words)
    said = f"invoices.customer_id: expected a value, 1 row: invoice_id X2 ({place}, row 2)."
    assert (said in done.output) == is_refused
    assert done.exit_code == is_refused

"""`duebook try`: what its refresh is asked for: the last day of the source, and no setting nobody gave."""

import subprocess
from datetime import date

import pytest
from typer.testing import CliRunner

from cli import adapters
from cli.main import app

MAPPING = """
grain: invoice
columns: {customer_id: customer, invoice_id: number, invoice_date: date, amount: amount}
constants: {company_id: ACME, currency_code: USD}
"""


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Call `try` on a list; returns the words its refresh was called with."""
    (tmp_path / "list.csv").write_text("customer,number,date,amount\nC,1,2024-01-05,9.50\n", encoding="utf-8")
    (tmp_path / "list.yml").write_text(MAPPING, encoding="utf-8")
    called = []

    def refresh(words, **_how):
        called.append(words)
        return subprocess.CompletedProcess(words, 0)

    monkeypatch.setattr(adapters.subprocess, "run", refresh)

    def run(*more: str) -> list[str]:
        source = ["--source", str(tmp_path / "list.csv"), "--mapping", str(tmp_path / "list.yml")]
        done = CliRunner().invoke(app, ["try", "--adapter", "flat", *source, *more])
        assert done.exit_code == 0, done.output
        return called[0][called[0].index("refresh") :]

    return run


def test_it_is_as_of_the_last_day_of_the_source_and_in_no_currency_nobody_gave(asked) -> None:
    words = asked()
    assert words[words.index("--as-of") + 1] == date(2024, 1, 5).isoformat()
    assert "--reporting-currency" not in words


def test_a_day_and_a_currency_that_are_given_count(asked) -> None:
    words = asked("--as-of", "2024-02-29", "--reporting-currency", "USD")
    assert words[words.index("--as-of") + 1] == "2024-02-29"
    assert words[words.index("--reporting-currency") + 1] == "USD"


def test_invoices_in_several_currencies_are_reported_in_that_of_their_company(asked, tmp_path) -> None:
    said = MAPPING.replace("amount: amount", "amount: amount, currency_code: currency")
    constants = "{company_id: ACME, company_currency: EUR, exchange_rate: 0.9}"
    (tmp_path / "list.yml").write_text(said.replace("{company_id: ACME, currency_code: USD}", constants), "utf-8")
    lines = "customer,number,date,amount,currency\nC,1,2024-01-05,9.50,USD\nC,2,2024-01-05,9.50,EUR\n"
    (tmp_path / "list.csv").write_text(lines, encoding="utf-8")
    words = asked()
    assert words[words.index("--reporting-currency") + 1] == "EUR"

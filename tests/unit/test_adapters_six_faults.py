"""A source that is wrong in six ways at once: each command names all six in one answer, and what to do."""

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.support.adapters.books import write_adapter

HEADER = "Customer,Document Number,Document Date,Amount,Type"
MAPPING = """
grain: item
columns:
  customer_id: Customer
  item_id: Document Number
  item_date: Document Date
  amount: Amount
  kind: {column: Type, map: {RV: invoice, DG: credit_memo}}
  currency_code: Currency
constants: {company_id: ACME}
"""
# Beside the column Currency, which is missing: a day that is none, a number in another style, no customer, a type that
# nobody explained, a number that comes twice.
WRONG = [
    "C1,2,2024-01-32,10.00,RV",
    'C1,3,2024-01-03,"1.000,00",RV',
    ",4,2024-01-04,10.00,RV",
    "C1,5,2024-01-05,10.00,XX",
    "C1,6,2024-01-06,10.00,RV",
    "C1,6,2024-01-07,10.00,RV",
]
SAID = {
    "a date": ("Document Date (item_date): expected a date written YYYY-MM-DD", "line 3: '2024-01-32'", "to dates"),
    "a number": ("Amount (amount): expected an amount", "line 4: '1.000,00'", "say under numbers"),
    "no customer": ("Customer (customer_id): expected a value", "line 5: empty", "file.skip"),
    "a number twice": (
        "Document Number (item_id): expected a value that no other row has",
        "line 7: '6'; ",
        "line 8: '6'",
        "Remove",
    ),
}
# The column that is missing, and the word nobody explained, for who reads by a mapping and for who is asked for one.
OF_A_MAPPING = {
    "a column": ("columns.currency_code: Currency is no column of the file",),
    "a type": ("Type (kind): expected one of RV, DG", "line 6: 'XX'", "columns.kind.map"),
}
OF_A_GUESS = {
    "a column": ("currency_code: no column looks like it", "Name one under columns, or give a constant."),
    "a type": ("kind: Type has RV, XX; what is each: invoice, credit_memo, receipt?",),
}

TABLES = """
adapter: books
description: Books.
shapes:
  tables:
    tables:
      customer: {required: true, needs: {id: id, name: text}, may_have: {limit: money, changed: timestamp}}
      invoice: {required: true, needs: {id: id, code: text}, may_have: {since: date, share: rate}}
      country: {required: true, needs: {id: id}}
"""


@pytest.fixture
def file(tmp_path, monkeypatch) -> Path:
    """The list; refreshes would fail."""
    monkeypatch.setattr(subprocess, "run", None)
    (tmp_path / "mapping.yml").write_text(MAPPING, encoding="utf-8")
    made = tmp_path / "list.csv"
    good = [f"C2,{number},2024-02-01,{number}.50,RV" for number in range(100, 130)]
    made.write_text("\n".join([HEADER, "C1,1,2024-01-01,10.00,RV", *WRONG, *good]) + "\n", encoding="utf-8")
    return made


def said_by(*words: str) -> list[str]:
    """Run a command that fails, or asks; returns the lines of its answer."""
    done = CliRunner().invoke(app, [*words])
    assert done.exit_code == (0 if words[0] == "adapter-guess" else 1), done.output
    return done.output.splitlines()


def unnamed(lines: list[str], wanted: dict[str, tuple[str, ...]]) -> list[str]:
    """The faults that no line names in full: column, file and line, value, what to do."""
    return [fault for fault, words in wanted.items() if not any(all(word in line for word in words) for line in lines)]


@pytest.mark.parametrize("command", ["adapter-check", "land", "try"])
def test_a_list_wrong_in_six_ways_has_all_six_named(file, tmp_path, command) -> None:
    words = ["--adapter", "flat", "--source", str(file), "--mapping", str(file.with_name("mapping.yml"))]
    home = {"try": [], "land": ["--landing", str(tmp_path / "landing"), "--home", str(tmp_path / "home")]}
    lines = said_by(command, *words, *home.get(command, ["--home", str(tmp_path / "home")]))
    assert unnamed(lines, SAID | OF_A_MAPPING) == []
    assert not (tmp_path / "landing").exists()


def test_a_proposed_mapping_names_all_six(file) -> None:
    lines = said_by("adapter-guess", "--file", str(file), "--grain", "item")
    assert unnamed(lines, SAID | OF_A_GUESS) == []


def test_nothing_is_said_of_a_list_that_has_no_fault(file) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([lines[0], lines[1], *lines[1 + len(WRONG) + 1 :]]).replace("RV", "invoice"), "utf-8")
    said = said_by("adapter-guess", "--file", str(file), "--grain", "item")
    assert set(unnamed(said, SAID | OF_A_GUESS)) == set(SAID) | {"a type"}


def test_a_currency_nobody_knows_is_named_beside_other_faults(file, tmp_path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text(
        "\n".join(
            [f"{lines[0]},Currency", *(f"{line},EURO" for line in lines[1:3]), *(f"{line},EUR" for line in lines[3:])]
        ),
        "utf-8",
    )
    words = ["--adapter", "flat", "--source", str(file), "--mapping", str(file.with_name("mapping.yml"))]
    said = said_by("adapter-check", *words, "--home", str(tmp_path / "home"))
    unknown = (
        "Currency (currency_code): expected a currency of",
        "1 row:",
        "list.csv, line 2: 'EURO'.",
        "currency_code.map",
    )
    assert unnamed(said, {**SAID, "a currency": unknown}) == []


@pytest.mark.parametrize("command", ["adapter-check", "land", "try"])
def test_tables_wrong_in_six_ways_have_all_six_named(tmp_path, monkeypatch, command) -> None:
    monkeypatch.setattr(subprocess, "run", None)
    adapter = write_adapter(tmp_path)
    (adapter / "adapter.yml").write_text(TABLES, encoding="utf-8")
    source = tmp_path / "source"
    source.mkdir()
    (source / "customer.csv").write_text('id,name,limit,changed\n1,A,"1.000,00",soon\n', encoding="utf-8")
    (source / "invoice.csv").write_text("id,since,share\n1,2024-01-32,1.5\n2,,half\n", encoding="utf-8")
    home = {"try": [], "land": ["--landing", str(tmp_path / "landing"), "--home", str(tmp_path / "home")]}
    words = ["--adapter", str(adapter), "--source", str(source)]
    lines = said_by(command, *words, *home.get(command, ["--home", str(tmp_path / "home")]))
    wanted = {
        "a table": ("has no table country", "tables: {country: its_name}"),
        "a column": ("invoice.csv: the column code of invoice is missing",),
        "an amount": ("limit: expected an amount", "customer.csv, row 1: '1.000,00'"),
        "a time": ("changed: expected a time", "customer.csv, row 1: 'soon'"),
        "a date": ("since: expected a date", "invoice.csv, row 1: '2024-01-32'"),
        "a rate": ("share: expected a number", "invoice.csv, row 2: 'half'"),
    }
    assert unnamed(lines, wanted) == []

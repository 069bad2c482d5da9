"""Columns of a list that nothing takes, and that look as if figures were other ones with them, are named."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cli.main import app
from duebook.adapters.landing import Request, make, work_database
from duebook.contract import read_contract
from duebook.settings import Settings

COLUMNS = {"customer_id": "Customer", "{}_id": "Number", "{}_date": "Date", "amount": "Amount"}
RATES = [("EUR", "1"), ("CHF", "1.05")]


def said(
    folder: Path, column: str, cells: tuple[str, str], more: dict[str, object] | None = None, grain: str = "invoice"
) -> list[str]:
    """What is said of a list that has one more column, with these cells; its rows are in EUR and CHF."""
    rows = (f"C1,{n},2024-01-31,9.50,{RATES[n][0]},{cell}\n" for n, cell in enumerate(cells))
    (folder / "list.csv").write_text(f"Customer,Number,Date,Amount,Currency,{column}\n{''.join(rows)}", "utf-8")
    columns = {name.format(grain): one for name, one in COLUMNS.items()} | {"currency_code": "Currency"} | (more or {})
    constants = {"company_id": "A", "company_currency": "EUR"} | (
        {} if columns["currency_code"] else {"currency_code": "EUR"}
    )
    columns = {name: one for name, one in columns.items() if one}
    mapping = {"grain": grain, "columns": columns, "constants": constants}
    (folder / "list.yml").write_text(yaml.safe_dump(mapping), encoding="utf-8")
    settings = Settings(home=folder / "home", landing=folder / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(folder / "list.csv"), str(folder / "list.yml"))
        made, _ = make(con, request, settings, read_contract(), print)
        return [line for line in made.warnings if "nothing takes it" in line]


@pytest.mark.parametrize(
    ("column", "cells", "looks_like"),
    [
        ("Kurs", ("1", "1.05"), "an exchange rate"),
        ("Tax rate", ("19", "7"), None),
        ("Kurs", ("Berlin", "Bern"), None),
        ("Zahlbar bis", ("29.02.2024", "29.02.2024"), "a due date"),
        ("Zahlbar bis", ("soon", "29.02.2024"), None),
        ("Due amount", ("29", "31"), None),
        ("Encaissement", ("29.02.2024", "-"), "dates"),
        ("Encaissement", ("29.02.2024", "soon"), None),
        ("Pièce liée", ("20240229", "20240131"), None),
        ("Encaissement", ("-", "-"), None),
        ("Mahnsperre", ("", "X"), "a mark of disputed or blocked documents"),
        ("Disputed", ("no", "yes"), "a mark of disputed or blocked documents"),
        ("Disputed", ("no", "no"), None),
        ("Mahnsperre", ("", ""), None),
        ("Remark", ("X", "EUR"), None),
    ],
)
def test_a_column_that_looks_as_if_it_mattered_is_named(tmp_path, column, cells, looks_like) -> None:
    found = said(tmp_path, column, cells)
    assert [f"looks like {looks_like}, and nothing takes it" in line for line in found] == [True] * bool(looks_like)


def test_a_column_that_a_field_takes_is_not_named(tmp_path) -> None:
    assert said(tmp_path, "Kurs", ("1", "1.05"), {"exchange_rate": "Kurs"}) == []
    # Its other due date is the person's to choose; it may be another day all the same.
    [line] = said(tmp_path, "Due date", ("2024-02-29", "2024-02-29"), {"due_date": "Date"})
    assert line.startswith(
        "Look at: the column Due date (2 rows: '2024-02-29') looks like dates, and nothing takes it."
    )


@pytest.mark.parametrize(
    ("more", "free"),
    [
        ({}, "due_date, paid_date, voided_date"),
        ({"paid_date": "Date"}, "due_date, voided_date"),
        ({"paid_date": "Date", "due_date": "Date", "voided_date": "Date"}, None),
    ],
)
def test_a_column_of_dates_is_named_with_the_days_that_have_no_column(tmp_path, more, free) -> None:
    found = said(tmp_path, "Encaissement", ("2024-02-29", "2024-02-29"), more)
    assert [line.split(" takes it. ")[1] for line in found] == (
        [f"If they are one of {free}, map it to that."] if free else []
    )


@pytest.mark.parametrize(("cells", "named"), [(("EUR", "CHF"), True), (("EUR", "EUR"), False), (("EUR", "XX"), False)])
def test_a_column_of_currencies_is_named_whatever_it_is_called(tmp_path, cells, named) -> None:
    found = said(tmp_path, "W", cells, {"currency_code": None})
    wanted = (
        "Look at: the column W holds currencies (CHF in 1 row, EUR in 1 row), and nothing takes it; all rows count as "
        "EUR. If it says what currency a row is in, map it to currency_code."
    )
    assert wanted in found if named else [line for line in found if "column W" in line] == []


def test_a_list_whose_rows_are_in_one_currency_needs_no_rate(tmp_path) -> None:
    found = said(tmp_path, "Kurs", ("1", "1"), {"currency_code": None})
    assert [line for line in found if "exchange rate" in line] == []


def test_a_list_of_items_says_where_disputes_come_from(tmp_path) -> None:
    [line] = said(tmp_path, "Mahnsperre", ("", "X"), grain="item")
    assert line.endswith("dispute KPIs take a list of the grain invoice (is_disputed), or files of disputes.")


def test_a_proposal_names_them_too_and_no_column_that_it_takes(tmp_path) -> None:
    (tmp_path / "list.csv").write_text(
        "Debitor;Belegnr.;Art;Belegdatum;Betrag;W;Mahnsperre\n1;R1;RE;31.01.2024;9,50;EUR;X\n1;R2;GU;31.01.2024;9,50;CHF;\n",
        encoding="utf-8",
    )
    done = CliRunner().invoke(app, ["adapter-guess", "--file", str(tmp_path / "list.csv")])
    named = [line.split(" (")[0] for line in done.stderr.splitlines() if line.startswith("Look at: ")]
    assert named == ["Look at: the column W holds currencies", "Look at: the column Mahnsperre"]

"""Amounts in what a landing says are written alike, `EUR 1,234.50`, however the file writes its own."""

from pathlib import Path

import pytest

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.landing import Request, make, work_database
from duebook.adapters.summary import made_lines
from duebook.contract import read_contract
from duebook.settings import Settings

HEAD = "Kunde;Nummer;Datum;Art;Betrag;Bezahlt;Am;Offen\n"
MAPPING = """
grain: invoice
file: {delimiter: ";"}
dates: DD.MM.YYYY
numbers: {decimal: ",", thousands: "."}
columns: {customer_id: Kunde, invoice_id: Nummer, invoice_date: Datum, amount: Betrag, paid_amount: Bezahlt,
  paid_date: {column: Am, optional: true}, open_amount: Offen}
constants: {company_id: ACME, currency_code: EUR}
"""
ITEMS = """
grain: item
file: {delimiter: ";"}
dates: DD.MM.YYYY
numbers: {decimal: ",", thousands: "."}
columns: {customer_id: Kunde, item_id: Nummer, item_date: Datum, kind: Art, amount: Betrag}
constants: {company_id: ACME, currency_code: EUR}
"""


def said(folder: Path, line: str, mapping: str = MAPPING) -> str:
    """What is said of a list of one line, or why it is refused."""
    (folder / "list.csv").write_text(f"{HEAD}{line}\n", encoding="utf-8")
    (folder / "list.yml").write_text(mapping, encoding="utf-8")
    settings = Settings(home=folder / "home", landing=folder / "landing")
    with work_database(settings) as con:
        try:
            request = Request("flat", str(folder / "list.csv"), str(folder / "list.yml"))
            made, _ = make(con, request, settings, read_contract(), print)
        except AdapterError as refused:
            return str(refused)
        return "\n".join(made_lines(made))


@pytest.mark.parametrize(
    ("line", "mapping", "words"),
    [
        ("1;R1;02.01.2024;;1.234,50;1.000,00;31.01.2024;234,50", MAPPING, "'EUR 1,000.00 of 1,234.50'"),
        ("1;R1;02.01.2024;;1.234,50;-1.000,00;31.01.2024;234,50", MAPPING, "'EUR -1,000.00 of 1,234.50'"),
        ("1;R1;02.01.2024;;1.234,50;1.000,00;31.01.2024;134,50", MAPPING, "(EUR 234.50 of 134.50):"),
        ("1;R1;02.01.2024;;1.234,50;;;1.134,50", MAPPING, "open with EUR 1,234.50 here, 1,134.50 in the source"),
        ("1;R1;02.01.2024;invoice;-1.234,50;;;", ITEMS, "'invoice, EUR -1,234.50'"),
    ],
)
def test_amounts_are_written_in_one_style(tmp_path, line, mapping, words) -> None:
    assert words in said(tmp_path, line, mapping)


def test_a_cell_that_cannot_be_read_is_shown_as_the_file_has_it(tmp_path) -> None:
    assert "'1.234.5'" in said(tmp_path, "1;R1;02.01.2024;;1.234.5;;;")

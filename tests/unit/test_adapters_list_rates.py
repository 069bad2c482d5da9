"""Exchange rates of lists: on the documents themselves, or in a list of rates."""

from decimal import Decimal
from pathlib import Path

import pytest

from duebook.adapters.landing import Request, make, work_database
from duebook.adapters.summary import rate_lines
from duebook.contract import read_contract
from duebook.settings import Settings
from tests.support.adapters.month_ends import rows_of

DAY = "customer_id: customer, {day}: date, amount: amount, currency_code: currency, exchange_rate: rate"
LISTS = {
    "invoice": "invoice_id: number, " + DAY.format(day="invoice_date"),
    "item": "item_id: number, " + DAY.format(day="item_date"),
    "bank_line": "receipt_id: number, " + DAY.format(day="receipt_date"),
    "exchange_rate": "rate_date: date, from_currency: currency, to_currency: into, rate: rate",
}
ROWS = "customer,number,date,amount,currency,into,rate\nC1,1,2024-01-31,50.00,CHF,EUR,1.0625\n"


def made(folder: Path, grain: str, rows: str = ROWS, left_out: str = "") -> tuple[dict[str, list[dict]], list[str]]:
    """Make a list's rows; returns them by table, and what is said of rates."""
    (folder / "list.csv").write_text(rows, encoding="utf-8")
    constants = "{}" if grain == "exchange_rate" else "{company_id: ACME}"
    if grain in ("invoice", "item"):
        constants = "{company_id: ACME, company_currency: EUR}"
    columns = LISTS[grain].replace(left_out, "")
    (folder / "list.yml").write_text(f"grain: {grain}\ncolumns: {{{columns}}}\nconstants: {constants}\n", "utf-8")
    settings, contract = Settings(home=folder / "home", landing=folder / "landing"), read_contract()
    with work_database(settings) as con:
        request = Request("flat", str(folder / "list.csv"), str(folder / "list.yml"))
        given, _ = make(con, request, settings, contract, print)
        tables = {name: rows_of(given.extracted, name) for name in given.extracted.tables}
        return tables, list(rate_lines(given, {}))


@pytest.mark.parametrize(
    ("grain", "amount", "table"),
    [
        ("invoice", "50.00", "invoices"),
        ("invoice", "-50.00", "credit_memos"),
        ("item", "50.00", "invoices"),
        ("item", "-50.00", "receipts"),
        ("bank_line", "50.00", "receipts"),
    ],
)
def test_a_document_has_the_rate_its_row_says(tmp_path, grain, amount, table) -> None:
    tables, said = made(tmp_path, grain, ROWS.replace("50.00", amount))
    [row] = tables[table]
    assert (row["exchange_rate"], any("without rates" in line for line in said)) == (Decimal("1.0625"), False)


@pytest.mark.parametrize("grain", ["invoice", "item"])
def test_documents_of_another_currency_without_rates_are_named_before_they_land(tmp_path, grain) -> None:
    [said] = made(tmp_path, grain, left_out=", exchange_rate: rate")[1]
    assert "1 documents are in CHF" in said
    assert "grain exchange_rate" in said


@pytest.mark.parametrize(("rate", "said"), [("1.0625", "up to 12 days apart"), ("", "2 documents are in CHF")])
def test_the_rate_of_one_document_does_for_the_others_of_its_currency(tmp_path, rate, said) -> None:
    rows = f"{ROWS.replace('1.0625', rate)}C1,2,2024-02-12,50.00,CHF,EUR,\n"
    [line] = made(tmp_path, "invoice", rows)[1]
    assert said in line


def test_a_list_of_rates_keeps_all_digits_of_a_rate(tmp_path) -> None:
    tables, _ = made(tmp_path, "exchange_rate", ROWS.replace("1.0625", "0.000058123456"))
    [row] = tables["exchange_rates"]
    assert (row["from_currency"], row["to_currency"], row["rate"]) == ("CHF", "EUR", Decimal("0.000058123456"))

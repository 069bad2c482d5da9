"""Exchange rates of lists: on the documents themselves, or in a list of rates."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.adapters.landing import Request, make, work_database
from duebook.adapters.rates import rate_lines, told_of
from duebook.contract import read_contract
from duebook.settings import PROJECT_ROOT, Settings
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
        return tables, list(rate_lines(told_of(given, settings, contract)[2]))


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
    assert "1 invoice, payment or credit memo is in CHF" in said
    assert "grain exchange_rate" in said


@pytest.mark.parametrize(
    ("rate", "said"), [("1.0625", "up to 12 days apart"), ("", "2 invoices, payments and credit memos are in CHF")]
)
def test_the_rate_of_one_document_does_for_the_others_of_its_currency(tmp_path, rate, said) -> None:
    rows = f"{ROWS.replace('1.0625', rate)}C1,2,2024-02-12,50.00,CHF,EUR,\n"
    [line] = made(tmp_path, "invoice", rows)[1]
    assert said in line


def test_a_list_of_rates_keeps_all_digits_of_a_rate(tmp_path) -> None:
    tables, _ = made(tmp_path, "exchange_rate", ROWS.replace("1.0625", "0.000058123456"))
    [row] = tables["exchange_rates"]
    assert (row["from_currency"], row["to_currency"], row["rate"]) == ("CHF", "EUR", Decimal("0.000058123456"))


def guide_example() -> str:
    """The entry of a mapping that the guide gives for lists without a column of rates."""
    guide = (PROJECT_ROOT / "docs" / "guide" / "own_data.md").read_text(encoding="utf-8")
    [found] = re.findall(r"`(exchange_rate: \{column: [^`]*\}\})`", guide)
    return found


@pytest.mark.parametrize(
    ("columns", "constants", "rate"),
    [
        (guide_example(), "", "1.05"),
        ("exchange_rate: {column: Curr., map: {EUR: 1, CHF: 1.065}}", "", "1.065"),
        # A text is written as the file writes its numbers.
        ("exchange_rate: {column: Curr., map: {EUR: 1, CHF: '1,065'}}", "", "1.065"),
        ("exchange_rate: {column: Curr., map: {EUR: 1}, otherwise: 1.065}", "", "1.065"),
        ("exchange_rate: {column: Rate, default: 1.065}", "", "1.065"),
        ("exchange_rate: {column: Rate, default: '1,065'}", "", "1.065"),
        ("exchange_rate: {column: No such, optional: true, default: 1.065}", "", "1.065"),
        ("exchange_rate: {column: Rate, default: 1, map: {'1': 1.065}}", "", "1.065"),
        ("", "exchange_rate: 1.065", "1.065"),
        ("", "exchange_rate: '1,065'", "1.065"),
        ("", "exchange_rate: 1065", "1065"),
    ],
)
def test_a_number_of_the_mapping_has_a_point_however_the_file_writes_its_own(
    tmp_path, columns, constants, rate
) -> None:
    (tmp_path / "list.csv").write_text(
        "customer;number;date;amount;Curr.;Rate\nC1;1;2024-01-31;1.050,25;CHF;\n", "utf-8"
    )
    (tmp_path / "list.yml").write_text(
        "grain: invoice\nfile: {delimiter: ';'}\nnumbers: {decimal: ',', thousands: '.'}\ncolumns:\n"
        "  {invoice_id: number, customer_id: customer, invoice_date: date, amount: amount, currency_code: Curr.,\n"
        f"  {columns}}}\nconstants: {{company_id: ACME, company_currency: EUR, {constants}}}\n",
        "utf-8",
    )
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(tmp_path / "list.csv"), str(tmp_path / "list.yml"))
        given, _ = make(con, request, settings, read_contract(), print)
        [row] = rows_of(given.extracted, "invoices")
    assert (row["amount"], row["exchange_rate"]) == (Decimal("1050.25"), Decimal(rate))


@pytest.mark.parametrize("negative", ["[]", "[minus]", "[trailing_minus]", "[parentheses]"])
def test_a_number_of_the_mapping_may_be_below_zero_however_the_file_marks_it(tmp_path, negative) -> None:
    (tmp_path / "list.csv").write_text("customer,number,date\nC1,1,2024-01-31\n", "utf-8")
    (tmp_path / "list.yml").write_text(
        f"grain: invoice\nnumbers: {{decimal: ',', negative: {negative}}}\n"
        "columns: {invoice_id: number, customer_id: customer, invoice_date: date}\n"
        "constants: {company_id: ACME, currency_code: EUR, amount: -1.5}\n",
        "utf-8",
    )
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(tmp_path / "list.csv"), str(tmp_path / "list.yml"))
        given, _ = make(con, request, settings, read_contract(), print)
        [row] = rows_of(given.extracted, "credit_memos")
    assert row["amount"] == Decimal("1.5")

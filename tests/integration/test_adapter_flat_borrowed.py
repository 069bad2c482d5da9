"""IBM's payment histories as they were published, through a mapping: the rows of their ready landing, without code.

And what the rules of cash do with them once references are gone, held against the invoices that were really paid.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from duebook.adapters.cash.rules import RULES, OpenInvoice, Payment, apply_payments
from duebook.adapters.engine.made import Made
from duebook.adapters.landing import Request, make, work_database
from duebook.contract import read_contract
from duebook.settings import Settings
from tests.support.adapters.month_ends import rows_of
from tests.support.borrowed import SHARED_DIR, needs_borrowed

PLACE = "data/ibm_late_payments"
FOLDER = SHARED_DIR / PLACE
MAPPING = """
grain: invoice
dates: M/D/YYYY
columns:
  customer_id: customerID
  customer_name: customerID
  segment: countryCode
  country_code: countryCode
  invoice_id: {column: invoiceNumber, pad: 10}
  invoice_date: InvoiceDate
  due_date: DueDate
  amount: InvoiceAmount
  paid_date: SettledDate
  is_disputed: Disputed
constants: {company_id: IBM, company_name: Late payment histories, currency_code: USD}
"""

pytestmark = needs_borrowed(PLACE)


@contextmanager
def made(folder: Path) -> Iterator[Made]:
    """What the mapping makes of the published file."""
    (folder / "ibm.yml").write_text(MAPPING, encoding="utf-8")
    [source] = (FOLDER / "source").glob("*.csv")
    settings = Settings(home=folder / "home", landing=folder / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(source), str(folder / "ibm.yml"))
        yield make(con, request, settings, read_contract(), print)[0]


def test_the_source_gives_the_rows_of_the_ready_landing(tmp_path) -> None:
    contract = read_contract()
    with made(tmp_path) as of_list:
        for file in sorted((FOLDER / "landing").glob("*/*/*.csv")):
            table = contract.table(file.parent.name)
            with file.open(encoding="utf-8", newline="") as opened:
                names = next(csv.reader(opened))
            types = {column.name: column.sql_type for column in table.landed_columns}
            cells = ", ".join(f"cast({name} as {types[name]}) as {name}" for name in names)
            ready = duckdb.execute(f"select {cells} from read_csv('{file}', all_varchar = true)").fetchall()
            ours = [tuple(row[name] for name in names) for row in rows_of(of_list.extracted, table.name)]
            assert sorted(ours, key=str) == sorted(ready, key=str), table.name


def invoices(of_list: Made) -> list[OpenInvoice]:
    return [
        OpenInvoice(
            row["invoice_id"], "", row["customer_id"], "USD", row["invoice_date"], row["due_date"], row["amount"]
        )
        for row in rows_of(of_list.extracted, "invoices")
    ]


@pytest.mark.parametrize(
    ("rules", "applied", "on_the_right_invoice"),
    [
        (["amount_unique"], "0.970", "1.000"),
        (["amount_unique", "sum_unique"], "1.000", "1.000"),
        (list(RULES), "1.000", "1.000"),
        (["oldest_first"], "1.000", "0.815"),
    ],
    ids=["amounts", "amounts and sums", "all rules", "oldest first"],
)
def test_payments_of_a_day_together_are_applied_as_documented(tmp_path, rules, applied, on_the_right_invoice) -> None:
    with made(tmp_path) as of_list:
        paid = {row["invoice_id"]: row["applied_date"] for row in rows_of(of_list.extracted, "applications")}
        open_invoices = invoices(of_list)
    days: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for one in open_invoices:
        days[one.customer_id, paid[one.invoice_id]] += one.open_amount
    payments = [Payment(f"{customer} {day}", customer, "USD", day, amount) for (customer, day), amount in days.items()]
    found = list(apply_payments(payments, open_invoices, rules))
    total, used = sum(days.values()), sum(one.amount for one in found)
    right = sum(one.amount for one in found if paid[one.invoice_id] == one.applied_date)
    assert (f"{used / total:.3f}", f"{right / used:.3f}") == (applied, on_the_right_invoice)

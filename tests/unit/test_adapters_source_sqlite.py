"""A source's tables in an SQLite file, whose columns hold cells of any type: dates as text, yes as 1, money as floats.

Needs the optional packages of `make install ADAPTERS=1`; says so without.
"""

import sqlite3
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.sources import DATABASE, Source
from duebook.adapters.landing import work_database
from duebook.settings import Settings
from tests.support.adapters.books import customers, write_adapter
from tests.support.adapters.databases import needs_extension
from tests.support.adapters.month_ends import made_of, rows_of

pytestmark = needs_extension("sqlite_scanner")

TABLE = 'create table customer (id integer, name text, "limit" real, changed datetime, is_current boolean)'
ROWS = [
    (1, "old", 5, "2024-01-01 12:00:00", 1),
    (1, "new", 0.1 + 0.2, "2024-01-01 13:00:00", 1),
    (2, "B", None, None, 0),
]


@pytest.fixture
def adapter(tmp_path) -> Path:
    return write_adapter(tmp_path)


def sqlite(file: Path, made: str = TABLE, rows: list[tuple] = ROWS) -> Path:
    """Write a table, or a view, into an SQLite file; returns the file."""
    connection = sqlite3.connect(file)
    with connection:
        connection.execute(made)
        if rows:
            connection.executemany(f"insert into customer values ({', '.join('?' * len(rows[0]))})", rows)
    connection.close()
    return file


@pytest.mark.parametrize("place", ["{}", "sqlite:{}", "sqlite://{}"])
def test_a_file_is_read_by_its_path_or_its_address(adapter, tmp_path, place) -> None:
    [row] = customers(adapter, place.format(sqlite(tmp_path / "books.db")))
    # The last digits of a float are none of an amount's: 0.1 + 0.2 is 0.3.
    assert (row["customer_name"], row["credit_limit"]) == ("new", Decimal("0.3"))


def test_a_view_is_read_as_a_table_is(adapter, tmp_path) -> None:
    file = sqlite(tmp_path / "books.db", "create view customer as select 1 as id, 'A' as name", [])
    assert [row["customer_name"] for row in customers(adapter, file)] == ["A"]


def test_cells_of_another_type_than_their_columns_are_named_with_row_and_value(adapter, tmp_path) -> None:
    rows = [*ROWS, (3, "C", "a lot", "soon", "perhaps")]
    with pytest.raises(AdapterError) as refused:
        customers(adapter, sqlite(tmp_path / "books.db", rows=rows))
    for column, value in (("limit", "a lot"), ("changed", "soon"), ("is_current", "perhaps")):
        assert f"main.customer, row 4: {value!r}" in next(
            line for line in str(refused.value).splitlines() if line.startswith(column)
        )


def test_an_adapters_dates_and_amounts_are_those_of_the_file(tmp_path) -> None:
    tables = {
        "tabCompany": [{"name": "E", "default_currency": "EUR"}],
        "tabCustomer": [{"name": "C"}],
        "tabPayment Entry": [
            {"name": "P", "docstatus": 1, "payment_type": "Receive", "party_type": "Customer", "party": "C"}
            | {"company": "E", "posting_date": "2024-02-29 00:00:00", "paid_amount": 1234.1},
        ],
        "tabSales Invoice": [
            {"name": "I", "docstatus": 1, "is_return": 0, "company": "E", "customer": "C", "currency": "EUR"}
            | {
                "posting_date": "2024-02-01",
                "due_date": "2024-03-02",
                "grand_total": 2000.0,
                "outstanding_amount": 2000,
            },
        ],
        "tabPayment Ledger Entry": [
            {"name": name, "posting_date": day, "company": "E", "account_type": "Receivable", "party_type": "Customer"}
            | {"party": "C", "voucher_type": kind, "voucher_no": no, "against_voucher_type": kind}
            | {"against_voucher_no": no, "account_currency": "EUR", "amount_in_account_currency": amount, "delinked": 0}
            for name, day, kind, no, amount in [
                ("1", "2024-02-01", "Sales Invoice", "I", 2000.0),
                ("2", "2024-02-29", "Payment Entry", "P", -1234.1),
            ]
        ],
    }
    connection = sqlite3.connect(tmp_path / "erp.db")
    with connection:
        for name, rows in tables.items():
            connection.execute(f'create table "{name}" ({", ".join(rows[0])})')
            for row in rows:
                connection.execute(f'insert into "{name}" values ({", ".join("?" * len(row))})', list(row.values()))
    connection.close()
    with made_of("erpnext", tmp_path / "erp.db", tmp_path) as made:
        [invoice], [receipt] = rows_of(made.extracted, "invoices"), rows_of(made.extracted, "receipts")
    assert (invoice["due_date"], invoice["amount"]) == (date(2024, 3, 2), 2000)
    assert (receipt["receipt_date"], receipt["amount"]) == (date(2024, 2, 29), Decimal("1234.1"))


def test_nothing_is_written_to_the_file(tmp_path) -> None:
    file = sqlite(tmp_path / "books.db")
    before = file.read_bytes()
    with work_database(Settings(home=tmp_path)) as con:
        Source(con, str(file))
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute(f"delete from {DATABASE}.customer")
    assert file.read_bytes() == before


def test_a_file_that_is_not_there_is_not_made(tmp_path) -> None:
    with (
        work_database(Settings(home=tmp_path)) as con,
        pytest.raises(AdapterError, match=r"books\.db: there is no such file"),
    ):
        Source(con, f"sqlite:{tmp_path / 'books.db'}")
    assert not (tmp_path / "books.db").exists()

"""Landing a source: a list, and Xero's tables, with as many invoices as the size says, each paid.

Here: writing the source, and calling `duebook land` on it: all of it, then once more with nothing new. Not here:
refreshes.
"""

import shutil
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.watching import watch
from benchmarks.workplace import PYTHON, ROOT, Workplace
from duebook.sql_text import literal

MAPPING = """\
grain: invoice
columns:
  {customer_id: customer, invoice_id: number, invoice_date: issued, due_date: due, amount: amount, paid_date: paid}
constants: {company_id: ACME, currency_code: EUR}
"""
# A row an invoice: 2,000 customers, three years, due after 30 days, paid after 20 to 60.
INVOICES = """
    select
        number,
        number % 2000 as customer,
        date '2023-01-01' + cast(number % 1000 as integer) as issued,
        issued + 30 as due,
        issued + 20 + cast(number * 7 % 40 as integer) as paid,
        cast(100 + number * 37 % 900000 / 100.0 as decimal(18, 2)) as amount
    from range(1, ? + 1) as invoices (number)
"""
XERO = {
    "organization": "select 'o' as organisation_id, 'ACME' as name, 'EUR' as base_currency",
    "contact": "select distinct 'c' || customer as contact_id, 'Customer ' || customer as name from invoices",
    "invoice": """
        select
            'i' || number as invoice_id, 'c' || customer as contact_id, 'ACCREC' as type, 'PAID' as status,
            issued as date, due as due_date, amount as total, 'EUR' as currency_code, 1 as currency_rate,
            0 as amount_due
        from invoices
    """,
    "payment": """
        select
            'p' || number as payment_id, 'i' || number as invoice_id, paid as date, amount, 1 as currency_rate,
            'ACCRECPAYMENT' as payment_type, 'AUTHORISED' as status
        from invoices
    """,
}


def landed_sources(place: Workplace) -> dict[str, Any]:
    """Land a list and Xero's tables, then once more with nothing new.

    Returns:
        By source, the figures of both, and how many rows were in it.
    """
    folder = place.folder / "sources"
    shutil.rmtree(folder, ignore_errors=True)
    _write(folder, place.size)
    asked = {
        "flat": ["--source", str(folder / "list.csv"), "--mapping", str(folder / "mapping.yml")],
        "xero": ["--source", str(folder / "xero")],
    }
    return {
        name: {
            "invoices": place.size,
            "all": _land(place, folder, name, words, "all"),
            "nothing_new": _land(place, folder, name, words, "nothing_new"),
        }
        for name, words in asked.items()
    }


def _write(folder: Path, invoices: int) -> None:
    (folder / "xero").mkdir(parents=True)
    (folder / "mapping.yml").write_text(MAPPING, encoding="utf-8")
    with duckdb.connect() as con:
        con.execute(f"create temp table invoices as {INVOICES}", [invoices])
        con.execute(f"copy invoices to {literal(folder / 'list.csv')} (header)")
        for name, rows in XERO.items():
            con.execute(f"copy ({rows}) to {literal(folder / 'xero' / f'{name}.csv')} (header)")


def _land(place: Workplace, folder: Path, name: str, words: list[str], step: str) -> dict[str, Any]:
    command = [str(PYTHON), "-m", "cli", "land", "--adapter", name, *words]
    command += ["--home", str(folder / f"home_{name}"), "--landing", str(folder / f"landing_{name}")]
    return watch(command, place.environment(), place.logs / f"land_{name}_{step}.log", ROOT).figures()

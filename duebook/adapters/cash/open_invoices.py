"""What is open in a landing: its invoices less all that has landed against them.

Read from the landing's files as a load would read them, whether or not they were loaded yet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from duebook.adapters.cash.rules import OpenInvoice
from duebook.contract import Contract
from duebook.landing.current import current_rows
from duebook.landing.faults import check_files
from duebook.landing.files import survey
from duebook.landing.unpacking import Limits
from duebook.reference import CURRENCIES, codes
from duebook.settings import Settings

TABLES = ("invoices", "applications", "adjustments")

_OPEN = """
    with moved as (
        select invoice_id, -(amount + coalesce(discount_amount, 0)) as amount
        from {applications} where unapplied_date is null
        union all
        select invoice_id, amount from {adjustments}
    ),
    summed as (
        select invoice_id, sum(amount) as amount from moved group by invoice_id
    )
    select
        invoice_id, coalesce(invoice_number, ''), customer_id, currency_code, invoice_date, due_date,
        invoices.amount + coalesce(summed.amount, 0)
    from {invoices} as invoices left join summed using (invoice_id)
    where voided_date is null and invoices.amount + coalesce(summed.amount, 0) > 0
"""


@dataclass(frozen=True)
class InLanding:
    """What a landing holds: open invoices, and the receipts that have been applied."""

    invoices: list[OpenInvoice]
    applied_receipts: frozenset[str]


def read_landing(settings: Settings, contract: Contract, log: Callable[[str], None]) -> InLanding:
    """Read what is open.

    Args:
        settings: whose landing, and whose reference data say which currencies there are.
        contract: the tables.
        log: gets a line for every table.
    """
    if not settings.landing.is_dir():
        return InLanding([], frozenset())
    files = [file for file in survey(settings.landing, contract, log).files if file.table.name in TABLES]
    with TemporaryDirectory(prefix="duebook_open_") as work, duckdb.connect(config={"temp_directory": work}) as con:
        con.execute("set TimeZone = 'UTC'")
        numbered, limits, currencies = enumerate(files, start=1), Limits.of(settings), codes(*CURRENCIES, settings)
        checked = check_files(con, numbered, Path(work), log, limits, currencies).checked
        for name in TABLES:
            rows = current_rows(checked[name]) if name in checked else _none(contract, name)
            con.execute(f"create temp table {name} as select * from ({rows}) where is_deleted is not true")
        found = con.execute(_OPEN.format(**{name: name for name in TABLES})).fetchall()
        applied = con.execute("select distinct receipt_id from applications where receipt_id is not null").fetchall()
    return InLanding([OpenInvoice(*row) for row in found], frozenset(receipt for (receipt,) in applied))


def _none(contract: Contract, name: str) -> str:
    columns = (f"cast(null as {one.sql_type}) as {one.name}" for one in contract.table(name).landed_columns)
    return f"select {', '.join(columns)} where false"

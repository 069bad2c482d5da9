"""What is open in a landing: its invoices less all that has landed against them.

Read from the landing's files as a load would read them, whether or not they were loaded yet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from tempfile import TemporaryDirectory

import duckdb

from duebook.adapters.cash.kept import Decision
from duebook.adapters.cash.rules import OpenInvoice
from duebook.adapters.engine.open_amounts import OPEN, READ, make_open_amounts
from duebook.contract import Contract
from duebook.landing.current import read_standing
from duebook.settings import Settings

TABLES = ("invoices", "applications", "adjustments")

_OPEN = f"""
    select
        invoice_id, coalesce(invoice_number, ''), customer_id, invoices.currency_code, invoice_date, due_date,
        open_amount
    from invoices inner join {OPEN} on document_type = 'invoice' and document_id = invoice_id
    where open_amount > 0 or invoice_id in (select invoice_id from decided)
"""
_BY_OTHERS = """
    select receipt_id, sum(coalesce(source_amount, amount))
    from applications anti join decided using (application_id)
    where receipt_id is not null and unapplied_date is null
    group by receipt_id
"""


@dataclass(frozen=True)
class InLanding:
    """What a landing holds.

    Attributes:
        invoices: those that are open, and those of decisions.
        applied: by receipt, what sources applied of it, but for the decisions.
        has_invoices: whether there is any invoice.
    """

    invoices: list[OpenInvoice]
    applied: Mapping[str, Decimal]
    has_invoices: bool


def read_landing(
    settings: Settings,
    contract: Contract,
    decided: Sequence[Decision],
    unfinished: str | None,
    log: Callable[[str], None],
) -> InLanding:
    """Read what is open.

    Args:
        settings: whose landing, and whose reference data say which currencies there are.
        contract: the tables.
        decided: decisions of earlier landings.
        unfinished: the name of files that are passed over: a landing was killed before it kept its decisions.
        log: gets a line for every table.
    """
    if not settings.landing.is_dir():
        return InLanding([], {}, has_invoices=False)
    with TemporaryDirectory(prefix="duebook_open_") as work, duckdb.connect(config={"temp_directory": work}) as con:
        con.execute("set TimeZone = 'UTC'")
        read_standing(con, {name: name for name in TABLES}, settings, contract, log, unfinished)
        ids = [one.application_id for one in decided], [one.invoice_id for one in decided]
        con.execute(
            "create temp table decided as select unnest(cast(? as varchar[])) as application_id, "
            "unnest(cast(? as varchar[])) as invoice_id",
            ids,
        )
        make_open_amounts(con, {name: f"select {', '.join(READ[name])} from {name}" for name in TABLES})
        found = con.execute(_OPEN).fetchall()
        applied = dict(con.execute(_BY_OTHERS).fetchall())
        [(number,)] = con.execute("select count(*) from invoices").fetchall()
    return InLanding([OpenInvoice(*row) for row in found], applied, has_invoices=number > 0)

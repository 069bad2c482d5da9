"""What a landing of payments leaves for the next one, in the adapter's state: payments, decisions, names of lines.

Here: these tables, read and made. Not here: how a payment is decided (deciding.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from duebook.adapters.cash.rules import Payment
from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.state import kept_rows

DECISIONS, PAYMENTS, NAMED_BY = "flat_decisions", "flat_payments", "flat_named_by"
COLUMNS = {
    DECISIONS: {
        "application_id": "varchar",
        "receipt_id": "varchar",
        "invoice_id": "varchar",
        "applied_date": "date",
        "amount": "decimal(18,4)",
        "rule": "varchar",
        "unapplied_date": "date",
        "is_deleted": "boolean",
    },
    PAYMENTS: {
        "receipt_id": "varchar",
        "customer_id": "varchar",
        "currency_code": "varchar",
        "receipt_date": "date",
        "amount": "decimal(18,4)",
        "memo": "varchar",
    },
    NAMED_BY: {"field": "varchar", "place": "varchar"},
}


@dataclass(frozen=True)
class Decision:
    """A part of a payment and the invoice it was applied to; the columns of `COLUMNS`.

    `unapplied_date` is the day on which a person took it back; `is_deleted` says that a better rule took its place, as
    if it had never been.
    """

    application_id: str
    receipt_id: str
    invoice_id: str
    applied_date: date
    amount: Decimal
    rule: str
    unapplied_date: date | None = None
    is_deleted: bool | None = None

    @property
    def stands(self) -> bool:
        """Whether it still applies."""
        return self.unapplied_date is None and not self.is_deleted


def decisions_before(state: Path) -> list[Decision]:
    """The decisions of earlier landings."""
    return [Decision(*row) for row in kept_rows(state, DECISIONS)]


def payments_before(state: Path) -> dict[str, Payment]:
    """The payments of earlier landings whose customers are known, by id."""
    return {one.receipt_id: one for one in (Payment(*row) for row in kept_rows(state, PAYMENTS))}


def keep(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Any]) -> None:
    """Make one of the tables of `COLUMNS`; rows are dataclasses or tuples in its columns."""
    columns = COLUMNS[name]
    values = [one if isinstance(one, tuple) else astuple(one) for one in rows]
    # A parameter for each column: one for each cell takes far longer.
    of_columns = [list(one) for one in zip(*values, strict=True)] or [[] for _ in columns]
    selected = ", ".join(f"unnest(cast(? as {kind}[])) as {column}" for column, kind in columns.items())
    con.execute(f"create or replace temp table {name} as select {selected}", of_columns)


def names_before(state: Path) -> dict[str, str]:
    """What named the lines without an id that were landed before: by field, where it came from."""
    return dict(kept_rows(state, NAMED_BY))


def check_names(before: Mapping[str, str], named_by: Mapping[str, str]) -> None:
    """Refuse lines without an id that are named by other columns than those that were landed before.

    Args:
        before: what named those; empty where none were landed.
        named_by: what names these.

    Raises:
        AdapterError: each line would land again under another name.
    """
    if before and before != dict(named_by):
        raise AdapterError(
            f"Bank lines without an id are named by what they hold. Those landed before were named by {_said(before)}, "
            f"and now it would be {_said(named_by)}: each would land a second time. Leave these fields of the mapping "
            "as they were, or start with a new home and landing."
        )


def _said(named_by: Mapping[str, str]) -> str:
    return ", ".join(f"{field} ({place})" for field, place in sorted(named_by.items()))

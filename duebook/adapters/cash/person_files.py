"""What a person says of payments in CSV files: who the payers are, and which invoices a payment pays after all.

Here: reading and checking these files. Not here: what becomes of them (deciding.py).
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb

from duebook.adapters.engine.definition import AdapterError


@dataclass(frozen=True)
class Override:
    """A part of a payment that a person applies to an invoice, from a day on."""

    receipt_id: str
    invoice_id: str
    amount: Decimal
    day: date


def read_payers(con: duckdb.DuckDBPyConnection, file: str | None) -> None:
    """Make the table `flat_payers` of the file of known payers: each once, in small letters and without spaces.

    Raises:
        AdapterError: it can't be read, lacks a column, or names one payer for two customers.
    """
    con.execute("create or replace temp table flat_payers (payer varchar, customer_id varchar)")
    known: dict[str, str] = {}
    for line, row in _lines(file, ("payer", "customer_id")):
        name, customer = "".join(row["payer"].lower().split()), row["customer_id"]
        if known.setdefault(name, customer) != customer:
            raise AdapterError(
                f"{file}, line {line}: its payer is of two customers, {known[name]} in a line before and {customer}."
            )
    if known:
        con.executemany("insert into flat_payers values (?, ?)", list(known.items()))


def read_overrides(file: str | None) -> Iterator[Override]:
    """Read what a person decided.

    Raises:
        AdapterError: the file can't be read, lacks a column, or a line has no amount or day.
    """
    for line, row in _lines(file, ("receipt_id", "invoice_id", "amount", "decided_date")):
        try:
            amount, day = Decimal(row["amount"]), date.fromisoformat(row["decided_date"])
        except (InvalidOperation, ValueError):
            raise AdapterError(
                f"{file}, line {line}: expected an amount such as 1234.56 and a day written YYYY-MM-DD, "
                f"and it has {row['amount']!r} and {row['decided_date']!r}."
            ) from None
        yield Override(row["receipt_id"], row["invoice_id"], amount, day)


def _lines(file: str | None, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """The lines of a CSV file that has these columns; none, where none is named."""
    if file is None:
        return []
    try:
        with Path(file).expanduser().open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            lines = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AdapterError(f"{file} can't be read: {error}") from None
    if absent := [name for name in columns if name not in (reader.fieldnames or [])]:
        raise AdapterError(f"{file}: expected the columns {', '.join(columns)}; it lacks {', '.join(absent)}.")
    return lines

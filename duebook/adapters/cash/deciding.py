"""Which payments still have to be applied, and what was decided of the others: by a rule, or by a person.

A decision is made once and kept in the adapter's state; a later landing gives it again as it was. A person overrides it
by a file: what was applied is taken back on the day of the override, so that no earlier day changes as it was known.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb

from duebook.adapters.cash.open_invoices import read_landing
from duebook.adapters.cash.rules import RULES, Payment, apply_payments
from duebook.adapters.engine.definition import AdapterError
from duebook.contract import Contract
from duebook.settings import Settings
from duebook.spelling import answer

OVERRIDE = "override"
DECISIONS = "flat_decisions"
COLUMNS = {
    "application_id": "varchar",
    "receipt_id": "varchar",
    "invoice_id": "varchar",
    "applied_date": "date",
    "amount": "decimal(18,4)",
    "rule": "varchar",
    "unapplied_date": "date",
}


@dataclass(frozen=True)
class Decision:
    """A part of a payment and the invoice it was applied to; the columns of `COLUMNS`."""

    application_id: str
    receipt_id: str
    invoice_id: str
    applied_date: date
    amount: Decimal
    rule: str
    unapplied_date: date | None = None


def read_payers(con: duckdb.DuckDBPyConnection, file: str | None) -> None:
    """Make the table `flat_payers` of the file of known payers.

    Raises:
        AdapterError: it can't be read, lacks a column, or names one payer twice.
    """
    con.execute("create or replace temp table flat_payers (payer varchar, customer_id varchar)")
    rows = [(row["payer"], row["customer_id"]) for _, row in _lines(file, ("payer", "customer_id"))]
    known: dict[str, str] = {}
    for payer, customer in rows:
        if known.setdefault(payer.strip().casefold(), customer) != customer:
            raise AdapterError(
                f"{file}: the payer {payer!r} is of two customers, {known[payer.strip().casefold()]} and {customer}."
            )
    if rows:
        con.executemany("insert into flat_payers values (?, ?)", rows)


def decide(
    con: duckdb.DuckDBPyConnection,
    payments: str,
    options: Mapping[str, Any],
    before: Sequence[tuple[Any, ...]],
    settings: Settings,
    contract: Contract,
    log: Callable[[str], None],
) -> None:
    """Make the table of decisions: those made before, those of payments not yet applied, a person's.

    Args:
        con: where `payments` is, and the table is made.
        payments: the relation of payments: receipt_id, customer_id, currency_code, receipt_date, amount, memo.
        options: `rules` and `overrides`.
        before: decisions of earlier landings, in the columns of `COLUMNS`.
        settings: of the home, and the landing whose invoices are open.
        contract: its tables.
        log: gets lines for the person.

    Raises:
        AdapterError: an option can't be used; a line for each problem.
    """
    rules = options["rules"] or []
    if unknown := [rule for rule in rules if rule not in RULES]:
        raise AdapterError("\n".join(answer(str(rule), RULES, "rule of applying payments") for rule in unknown))
    decided = {one.application_id: one for one in (Decision(*row) for row in before)}
    there = read_landing(settings, contract, log)
    done = {one.receipt_id for one in decided.values()} | there.applied_receipts
    rows = con.execute(
        "select receipt_id, customer_id, currency_code, receipt_date, amount, memo "
        f"from {payments} where amount > 0 and customer_id is not null"
    ).fetchall()
    new = [Payment(*row) for row in rows if row[0] not in done]
    for one in apply_payments(new, there.invoices, rules):
        application_id = f"{one.receipt_id}/{one.invoice_id}"
        decided[application_id] = Decision(application_id, *astuple(one))
    decided |= _overridden(options["overrides"], decided)
    counted = {rule: sum(one.rule == rule for one in decided.values()) for rule in [*rules, OVERRIDE]}
    log("Applied: " + ", ".join(f"{number:,} by {rule}" for rule, number in counted.items()) + ".")
    applied = {one.receipt_id for one in decided.values()}
    if unapplied := [one for one in new if one.receipt_id not in applied]:
        total = sum(one.amount for one in unapplied)
        log(f"{len(unapplied):,} payments found no invoice and stay unapplied: {total:,.2f}.")
    keep_decisions(con, list(decided.values()))


def keep_decisions(con: duckdb.DuckDBPyConnection, decided: Sequence[Decision]) -> None:
    """Make the table `DECISIONS`."""
    listed = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    con.execute(f"create or replace temp table {DECISIONS} ({listed})")
    if decided:
        marks = ", ".join("?" for _ in COLUMNS)
        con.executemany(f"insert into {DECISIONS} values ({marks})", [astuple(one) for one in decided])


def _overridden(file: str | None, decided: Mapping[str, Decision]) -> dict[str, Decision]:
    """What a person decided, and what was applied before and is taken back; nothing a second time."""
    changed: dict[str, Decision] = {}
    for line, row in _lines(file, ("receipt_id", "invoice_id", "amount", "decided_date")):
        try:
            amount, day = Decimal(row["amount"]), date.fromisoformat(row["decided_date"])
        except (InvalidOperation, ValueError):
            raise AdapterError(
                f"{file}, line {line}: expected an amount such as 1234.56 and a day written YYYY-MM-DD, "
                f"and it has {row['amount']!r} and {row['decided_date']!r}."
            ) from None
        application_id = f"{row['receipt_id']}/{row['invoice_id']}/{day}"
        if application_id in decided:
            continue
        for one in decided.values():
            is_older = one.rule != OVERRIDE or one.applied_date < day
            if one.receipt_id == row["receipt_id"] and one.unapplied_date is None and is_older:
                changed[one.application_id] = replace(one, unapplied_date=day)
        changed[application_id] = Decision(application_id, row["receipt_id"], row["invoice_id"], day, amount, OVERRIDE)
    return changed


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

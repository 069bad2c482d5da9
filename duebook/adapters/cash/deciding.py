"""Which payments still have to be applied, and what was decided of the others: by a rule, or by a person.

A decision is kept in the adapter's state; a later landing gives it again as it was, and applies what is left of the
payment. Only two things replace one: an invoice that the payment names and that landed later, in the place of invoices
that it doesn't name; and a person's file, by which what was applied is taken back on the day of the override, so that
no earlier day changes as it was known.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from duebook.adapters.cash.book import Book, total
from duebook.adapters.cash.kept import (
    DECISIONS,
    NAMED_BY,
    PAYMENTS,
    check_names,
    decisions_before,
    keep,
    names_before,
    payments_before,
)
from duebook.adapters.cash.open_invoices import read_landing
from duebook.adapters.cash.person_files import read_overrides
from duebook.adapters.cash.rules import REFERENCE, RULES, Payment
from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.state import unfinished
from duebook.contract import Contract
from duebook.settings import Settings
from duebook.spelling import answer
from duebook.words import counted


def decide(
    con: duckdb.DuckDBPyConnection,
    payments: str,
    options: Mapping[str, Any],
    named_by: Mapping[str, str],
    state: Path,
    settings: Settings,
    contract: Contract,
    log: Callable[[str], None],
    *,
    is_full: bool = False,
) -> Mapping[str, str]:
    """Make the table of decisions: those made before, those of payments not yet applied, a person's.

    Args:
        con: where `payments` is, and the table is made.
        payments: the relation of payments: receipt_id, is_named_by_content, customer_id, currency_code, receipt_date,
            amount, memo.
        options: `rules` and `overrides`.
        named_by: by field, where that which names a line without an id comes from.
        state: the adapter's, with what earlier landings decided.
        settings: of the home, and the landing whose invoices are open.
        contract: its tables.
        log: gets lines for the person.
        is_full: a payment that isn't in the list any more was deleted, and what was decided of it.

    Returns:
        The tables to keep in the state.

    Raises:
        AdapterError: there is no landing, or an option can't be used; a line for each problem.
    """
    if "landing" not in settings.model_fields_set:
        raise AdapterError("Payments are applied to the invoices of a landing: name its folder by LANDING.")
    rules = options["rules"] or []
    if unknown := [rule for rule in rules if rule not in RULES]:
        raise AdapterError("\n".join(answer(str(rule), RULES, "rule of applying payments") for rule in unknown))
    names = _names(con, payments, named_by, state, log)
    decided, known = decisions_before(state), payments_before(state)
    rows = con.execute(
        "select receipt_id, customer_id, currency_code, receipt_date, amount, memo "
        f"from {payments} where amount > 0 and customer_id is not null"
    ).fetchall()
    listed = {row[0]: Payment(*row) for row in rows}
    if is_full:
        decided, known = [one for one in decided if one.receipt_id in listed], {}
    known |= listed
    there = read_landing(settings, contract, decided, unfinished(state), log)
    book = Book(decided, known.values(), there.invoices, there.applied)
    book.override(read_overrides(options["overrides"]))
    if REFERENCE in rules and (again := book.decide_again()):
        log(f"Decided again: {total(again)}, now applied to invoices that the payments name and that landed later.")
    book.apply(rules)
    for line in [*_unknown_payers(con, payments), *book.lines(rules, has_invoices=there.has_invoices)]:
        log(line)
    keep(con, DECISIONS, book.decided)
    keep(con, PAYMENTS, list(known.values()))
    keep(con, NAMED_BY, list(names.items()))
    return {name: name for name in (DECISIONS, PAYMENTS, NAMED_BY)}


def _names(
    con: duckdb.DuckDBPyConnection,
    payments: str,
    named_by: Mapping[str, str],
    state: Path,
    log: Callable[[str], None],
) -> Mapping[str, str]:
    """Check and return what names lines without an id; of a list whose lines all have one, what did before."""
    before = names_before(state)
    [(number,)] = con.execute(f"select count(*) from {payments} where is_named_by_content").fetchall()
    if not number:
        return before
    check_names(before, named_by)
    log(
        f"{counted(number, 'bank line')} without an id: named by what they hold ({', '.join(sorted(named_by))}), so "
        "that a line that comes again lands once. Land whole days."
    )
    return named_by


def _unknown_payers(con: duckdb.DuckDBPyConnection, payments: str) -> Iterator[str]:
    rows = con.execute(
        "select receipt_id, '', currency_code, receipt_date, amount, coalesce(payer, '') "
        f"from {payments} where amount > 0 and customer_id is null"
    ).fetchall()
    if unknown := [Payment(*row) for row in rows]:
        yield (
            f"Nobody knows who paid {total(unknown)}, {counted(len(unknown), 'payment')}: add their payers to the file "
            "of options.payers, and land the lines again."
        )

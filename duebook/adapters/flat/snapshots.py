"""What a list doesn't have any more: documents that it had in earlier landings, and that the landing holds open.

Here: lists of all that is open (`exports: snapshot`), of which a document that is gone was settled; and words about
documents that are gone from other lists. Not here: which rows settle a document (adapters/flat/item/views).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb

from duebook.adapters.engine.definition import AdapterError, UserOptions
from duebook.adapters.engine.extracting import Extracted
from duebook.adapters.engine.held import DOCUMENTS, Held
from duebook.adapters.engine.lines import MOST_SHOWN
from duebook.adapters.engine.open_amounts import OPEN
from duebook.adapters.engine.tie import open_documents
from duebook.adapters.flat.mapping import SNAPSHOT, Mapping
from duebook.settings import yesterday
from duebook.sql_text import literal
from duebook.words import counted, money

HELD = "flat_held"
CHANGES = "flat__changes"
# The share of open documents that may be gone, unless the user says how much.
MOST_GONE = 0.5
# Days after the last one that is over everywhere: in the east, tomorrow by UTC has begun.
MOST_AHEAD = 2
# What a change of an open amount is said to be, of one document and of several, and what it is taken for.
_MEANT = {
    "gone": ("is gone", "are gone", ", taken as settled on that day"),
    "less": ("has less open", "have less open", ", taken as paid in part"),
    "again": ("is open again", "are open again", ""),
    "more": ("has more open", "have more open", ""),
}
_CHANGED = "kind, item_id, currency_code, change"
_DAY = re.compile(r"(?<![0-9])(20[0-9]{2})[-_.]?([01][0-9])[-_.]?([0-3][0-9])(?![0-9])")
# Of each table of documents, SQL of the columns `flat_held` has.
_COLUMNS = {
    "invoices": "invoice_date, due_date, null",
    "receipts": "receipt_date, null, reference",
    "credit_memos": "credit_memo_date, null, null",
}


def day_of(mapping: Mapping, files: Sequence[Path], user: UserOptions, *, has_open_only: bool) -> date | None:
    """The day of a list of all that is open; None of other lists.

    Raises:
        AdapterError: nothing says which day it is of, that day is still to come, or it is no such list.
    """
    if mapping.exports != SNAPSHOT:
        return None
    if user.exports == "full":
        raise AdapterError("exports is snapshot in the mapping and full in the options: say one of them.")
    if not has_open_only:
        raise AdapterError("exports: snapshot is for lists of open items only, and this one has settled rows, too.")
    if mapping.list_date is not None:
        return _not_to_come(mapping.list_date, "list_date in the mapping")
    days = {date(*map(int, found)) for file in files for found in _DAY.findall(file.name) if _is_day(found)}
    if len(days) != 1:
        found = "several days" if days else "no day"
        raise AdapterError(
            f"exports: snapshot needs the day of the list, and the name of {', '.join(one.name for one in files)} has "
            f"{found}: name it as in open_items_2026-06-30.xlsx, or give list_date in the mapping."
        )
    return _not_to_come(days.pop(), f"the name of {', '.join(one.name for one in files)}")


def _not_to_come(day: date, place: str) -> date:
    """Refuse a day on which no list can have been made yet: what is gone from the list would be settled on it."""
    if day > yesterday() + timedelta(days=MOST_AHEAD):
        raise AdapterError(
            f"The list is of {day} by {place}, a day that is still to come, and what is gone from it would count as "
            "settled on that day. Say the day on which the list was made there: in the file's name, as in "
            "open_items_2026-06-30.xlsx, or by list_date in the mapping."
        )
    return day


def make_held(con: duckdb.DuckDBPyConnection, held: Held | None, day: date | None) -> None:
    """Make the table `HELD` of documents that the list has landed; without rows, where there is no `day`."""
    con.execute(
        f"create or replace temp table {HELD} (document_type varchar, document_id varchar, company_id varchar, "
        "customer_id varchar, currency_code varchar, document_date date, due_date date, reference varchar, "
        "amount decimal(18,4), open_amount decimal(18,4), list_date date)"
    )
    if held is None or day is None:
        return
    open_documents(con, None, held, with_documents=True)
    for table, kind in DOCUMENTS.items():
        con.execute(
            f"insert into {HELD} select ?, document_id, company_id, customer_id, documents.currency_code, "
            f"{_COLUMNS[table]}, amount, open_amount, ? from {held.tables[table]} as documents inner join {OPEN} "
            f"on document_type = ? and document_id = {held.keys[table]}",
            [kind, day, kind],
        )


def refuse_unlikely(con: duckdb.DuckDBPyConnection, held: Held, changes: str, user: UserOptions, day: date) -> None:
    """Refuse a list of all that is open which can't be the next one.

    Raises:
        AdapterError: it is no newer than the last one that settled something, too much is gone from it, or a credit
            has more open than before; a line for each.
    """
    faults = []
    [(rows, gone)] = con.execute(f"select count(*), count(*) filter (is_gone) from {changes}").fetchall()
    last = _last_settled(con, held)
    if rows and last is not None and last >= day:
        faults.append(
            f"The list is of {day}, and one of {last} has been landed: {counted(rows, 'document')} would change on a "
            "day that is over. Land a list of a later day."
        )
    most = user.most_deleted if "most_deleted" in user.model_fields_set else MOST_GONE
    [(before,)] = con.execute(f"select count(*) from {HELD} where open_amount > 0").fetchall()
    if gone > before * most:
        faults.append(
            f"{gone:,} of {before:,} open documents are gone from this list, which is said to have all that is open; "
            f"at most {most:.0%} may be. If it isn't the whole list, export it again; if they were settled, set "
            "`most_deleted` in a file of options for this landing."
        )
    more = con.execute(
        f"select {_CHANGED}, count(*) over () from {_with_open(changes)} "
        f"where kind <> 'invoice' and change > 0 and open_amount > 0 order by change desc, item_id limit {MOST_SHOWN}"
    ).fetchall()
    again = con.execute(
        f"select {_CHANGED}, count(*) over () from {_with_open(changes)} "
        f"where kind <> 'invoice' and change > 0 and open_amount <= 0 order by change desc, item_id limit {MOST_SHOWN}"
    ).fetchall()
    if again:
        shown = "; ".join(f"{kind} {number}: {money(currency, change)}" for kind, number, currency, change, _ in again)
        faults.append(
            f"{counted(again[0][4], 'credit')} of this list {'was' if again[0][4] == 1 else 'were'} gone from an "
            f"earlier one, so taken as settled on its day, and open again: {shown}. That can't be taken back. If it is "
            f"open, give it a number of its own in this list, such as {again[0][1]}-2, and the day of the list as its "
            "date. If not, leave it out."
        )
    if more:
        shown = "; ".join(
            f"{kind} {number}: {money(currency, change)} more" for kind, number, currency, change, _ in more
        )
        faults.append(
            f"More is open of {counted(more[0][4], 'credit')} than the landing holds: {shown}. A list of open "
            "items can't say why; give what was added a number of its own."
        )
    if faults:
        raise AdapterError("\n".join(faults))


def change_lines(con: duckdb.DuckDBPyConnection, changes: str, day: date) -> Iterator[str]:
    """Say in a line what a list of all that is open is taken to mean, by currency; nothing where nothing changed."""
    found = con.execute(
        "select case when is_gone then 'gone' when change < 0 then 'less' when open_amount > 0 then 'more' "
        "else 'again' end, currency_code, count(*), sum(case when kind = 'invoice' then abs(change) else -abs(change) "
        f"end) from {_with_open(changes)} group by 1, 2 order by 1, 2"
    ).fetchall()
    parts = []
    for kind, (one, several, meant) in _MEANT.items():
        of_kind = [(currency, number, amount) for what, currency, number, amount in found if what == kind]
        if of_kind:
            documents = sum(number for _, number, _ in of_kind)
            total = ", ".join(money(currency, amount) for currency, _, amount in of_kind)
            parts.append(f"{counted(documents, 'document')} {one if documents == 1 else several} ({total}){meant}")
    if parts:
        yield f"List of {day}, compared with what was open before: {'; '.join(parts)}."


def _with_open(changes: str) -> str:
    """SQL of the changes with what was open before."""
    return (
        f"(select changes.*, held.open_amount from {changes} as changes inner join {HELD} as held "
        "on held.document_id = changes.item_id and held.document_type = changes.kind)"
    )


def gone_lines(made: Extracted, held: Held | None) -> Iterator[str]:
    """Say which documents of earlier landings a list doesn't have any more, and the landing holds open all the same."""
    if held is None:
        return
    open_documents(made.con, made, held, with_documents=True)
    documents = " union all ".join(
        f"select {literal(kind)} as document_type, {held.keys[table]} as document_id from {made.tables[table]}"
        for table, kind in DOCUMENTS.items()
        if table in made.tables
    )
    gone = made.con.execute(
        f"select document_type, document_id, currency_code, open_amount from {OPEN} "
        f"where open_amount > 0 and (document_type, document_id) not in ({documents}) order by 4 desc, 1, 2"
    ).fetchall()
    if not gone:
        return
    sums: dict[str, int] = {}
    for kind, _, currency, amount in gone:
        sums[currency] = sums.get(currency, 0) + (amount if kind == "invoice" else -amount)
    total = "; ".join(money(currency, amount) for currency, amount in sorted(sums.items()))
    shown = ", ".join(f"{kind} {number}" for kind, number, _, _ in gone[:MOST_SHOWN])
    more = f" and {len(gone) - MOST_SHOWN:,} more" if len(gone) > MOST_SHOWN else ""
    yield (
        f"Warning: {counted(len(gone), 'document')} that this list had before and hasn't any more stay open in the "
        f"landing ({total}): {shown}{more}. If the list has all that is open on its day, say `grain: item` and "
        "`exports: snapshot` in its mapping: they are settled on that day then. If not, land what settled them."
    )


def _last_settled(con: duckdb.DuckDBPyConnection, held: Held) -> date | None:
    """The last day on which the list's own landings settled or raised something."""
    days = " union all ".join(
        f"select {column} as day from {held.tables[table]} inner join {held.own[table]} on key = {held.keys[table]} "
        f"where {of} in (select key from {held.own[documents]})"
        for table, column, of, documents in (
            ("applications", "applied_date", "invoice_id", "invoices"),
            ("adjustments", "adjustment_date", "invoice_id", "invoices"),
            ("refunds", "refund_date", "receipt_id", "receipts"),
            ("refunds", "refund_date", "credit_memo_id", "credit_memos"),
        )
    )
    [(last,)] = con.execute(f"select max(day) from ({days})").fetchall()
    return last


def _is_day(found: tuple[str, str, str]) -> bool:
    try:
        date(*map(int, found))
    except ValueError:
        return False
    return True

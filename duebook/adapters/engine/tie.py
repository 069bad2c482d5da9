"""The tie: open amounts, computed of what an adapter made and the landing holds, against the source's own.

A document that one side doesn't have, or has as settled, is open with 0 there; one that the source has without an open
amount isn't compared. What an open amount is: open_amounts.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from duebook.adapters.engine.definition import OWN_BALANCE, TYPES
from duebook.adapters.engine.extracting import Extracted
from duebook.adapters.engine.held import DOCUMENTS, Held
from duebook.adapters.engine.open_amounts import OPEN, READ, make_open_amounts, no_rows
from duebook.adapters.engine.relations import columns_of
from duebook.sql_text import identifier


@dataclass(frozen=True)
class Difference:
    """A document whose open amounts differ."""

    document_type: str
    document_id: str
    currency_code: str | None
    ours: Decimal
    theirs: Decimal


@dataclass(frozen=True)
class Tie:
    """The outcome.

    Attributes:
        documents: how many documents were compared: those of the source with an open amount, and others open here.
        is_own_amount: the source is a list of what is open, so its own amounts are those that were read.
        totals: by currency, our open invoices less unapplied cash and credit, and the source's.
        differences: the documents that differ, the largest difference first.
        still_open: how many of the documents compared are open, here or there.
    """

    documents: int
    totals: Sequence[tuple[str | None, Decimal, Decimal]]
    differences: Sequence[Difference]
    is_own_amount: bool = False
    still_open: int = 0


def tie(
    made: Extracted, tolerance: float, held: Held | None = None, *, has_all: bool = False, is_own_amount: bool = False
) -> Tie | None:
    """Compare open amounts.

    Args:
        made: what the adapter made.
        tolerance: by how much two amounts may differ.
        held: what the landing holds; its movements count, those of other sources among them.
        has_all: the source has all that is open: what it landed before and hasn't any more is open with 0 there.
        is_own_amount: the source is a list of what is open.

    Returns:
        The outcome; None where the source has no balances of its own.
    """
    if OWN_BALANCE not in made.beside:
        return None
    con = made.con
    [(documents,)] = con.execute(f"select count(open_amount) from {made.beside[OWN_BALANCE]}").fetchall()
    if not documents:
        return None
    open_documents(con, made, held, with_documents=has_all)
    con.execute(
        f"""
        create or replace temp table tied as
        select
            document_type, document_id, coalesce(theirs.currency_code, ours.currency_code) as currency_code,
            coalesce(ours.open_amount, 0) as ours, coalesce(theirs.open_amount, 0) as theirs
        from {OPEN} as ours full join {made.beside[OWN_BALANCE]} as theirs using (document_type, document_id)
        where theirs.open_amount is not null or (theirs.document_id is null and abs(ours.open_amount) > {tolerance})
        """
    )
    [(documents, still_open)] = con.execute(
        f"select count(*), count(*) filter (greatest(abs(ours), abs(theirs)) > {tolerance}) from tied"
    ).fetchall()
    sign = "case document_type when 'invoice' then 1 else -1 end"
    totals = con.execute(
        f"select currency_code, sum({sign} * ours), sum({sign} * theirs) from tied group by all order by all"
    ).fetchall()
    differing = con.execute(
        "select * from tied where abs(ours - theirs) > ? order by abs(ours - theirs) desc, document_type, document_id",
        [tolerance],
    ).fetchall()
    return Tie(documents, totals, [Difference(*one) for one in differing], is_own_amount, still_open)


def open_documents(
    con: duckdb.DuckDBPyConnection, made: Extracted | None, held: Held | None, *, with_documents: bool
) -> None:
    """Make the table `OPEN`: document_type, document_id, currency_code and open_amount of documents.

    Args:
        con: where it is made.
        made: whose documents and movements count.
        held: whose movements count, too, but for those that `made` has.
        with_documents: whether the documents of `held` that the source landed are in the table.
    """
    found = {}
    for name, columns in READ.items():
        rows = _with_all_columns(made, name, columns)
        if held is not None and (with_documents or name not in DOCUMENTS):
            key = held.keys[name]
            more = f"select {', '.join(columns)} from {held.tables[name]}"
            conditions = [f"{key} in (select key from {held.own[name]})"] if name in DOCUMENTS else []
            if made is not None and name in made.tables:
                conditions.append(f"{key} not in (select {key} from {made.tables[name]})")
            rows += f" union all {more} where {' and '.join(conditions) or 'true'}"
        found[name] = rows
    make_open_amounts(con, found)


def _with_all_columns(made: Extracted | None, name: str, columns: dict[str, str]) -> str:
    """SQL of a table's rows with the columns that are read, null where they aren't given."""
    if made is None or name not in made.tables:
        return no_rows(name)
    relation = made.tables[name]
    given = columns_of(made.con, relation)
    cells = [
        identifier(column) if column in given else f"cast(null as {TYPES[kind]}) as {identifier(column)}"
        for column, kind in columns.items()
    ]
    return f"select {', '.join(cells)} from {relation}"

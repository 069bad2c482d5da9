"""The tie: open amounts, computed of what an adapter made and the landing holds, against the source's own.

An open amount is what an invoice has left after applications, discounts, adjustments and voiding, and what a receipt or
a credit memo has left after applications and refunds. A document that one side doesn't have, or has as settled, is open
with 0 there; one that the source has without an open amount isn't compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from duebook.adapters.engine.definition import OWN_BALANCE, TYPES
from duebook.adapters.engine.extracting import Extracted
from duebook.adapters.engine.held import DOCUMENTS, Held
from duebook.adapters.engine.relations import columns_of
from duebook.sql_text import identifier

# By the contract's table, the columns that are read and their types; null where the adapter doesn't give them.
_READ = {
    "invoices": {
        "invoice_id": "text",
        "currency_code": "text",
        "amount": "money",
        "voided_date": "date",
        "is_deleted": "boolean",
    },
    "receipts": {
        "receipt_id": "text",
        "currency_code": "text",
        "amount": "money",
        "reversed_date": "date",
        "is_deleted": "boolean",
    },
    "credit_memos": {
        "credit_memo_id": "text",
        "currency_code": "text",
        "amount": "money",
        "voided_date": "date",
        "is_deleted": "boolean",
    },
    "applications": {
        "receipt_id": "text",
        "credit_memo_id": "text",
        "invoice_id": "text",
        "amount": "money",
        "source_amount": "money",
        "discount_amount": "money",
        "unapplied_date": "date",
        "is_deleted": "boolean",
    },
    "adjustments": {"invoice_id": "text", "amount": "money", "is_deleted": "boolean"},
    "refunds": {"receipt_id": "text", "credit_memo_id": "text", "amount": "money", "is_deleted": "boolean"},
    "reversals": {"receipt_id": "text", "amount": "money", "is_deleted": "boolean"},
}

# The table of open amounts as they are computed.
OPEN = "open_as_computed"

_OURS = """
    with standing_applications as (
        select * from {applications} where unapplied_date is null and is_deleted is not true
    ),
    movements as (
        select 'invoice' as document_type, invoice_id as document_id, -(amount + coalesce(discount_amount, 0)) as amount
        from standing_applications
        union all
        select 'receipt', receipt_id, -coalesce(source_amount, amount) from standing_applications
        union all
        select 'credit_memo', credit_memo_id, -coalesce(source_amount, amount) from standing_applications
        union all
        select 'invoice', invoice_id, amount from {adjustments} where is_deleted is not true
        union all
        select 'receipt', receipt_id, -amount from {refunds} where is_deleted is not true
        union all
        select 'credit_memo', credit_memo_id, -amount from {refunds} where is_deleted is not true
        union all
        select 'receipt', receipt_id, -amount from {reversals} where is_deleted is not true
    ),
    moved as (
        select document_type, document_id, sum(amount) as amount
        from movements where document_id is not null group by all
    ),
    documents as (
        select 'invoice' as document_type, invoice_id as document_id, currency_code, amount
        from {invoices} where voided_date is null and is_deleted is not true
        union all
        select 'receipt', receipt_id, currency_code, amount
        from {receipts} where reversed_date is null and is_deleted is not true
        union all
        select 'credit_memo', credit_memo_id, currency_code, amount
        from {credit_memos} where voided_date is null and is_deleted is not true
    )
    select document_type, document_id, currency_code, documents.amount + coalesce(moved.amount, 0) as open_amount
    from documents left join moved using (document_type, document_id)
"""


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
    """

    documents: int
    totals: Sequence[tuple[str | None, Decimal, Decimal]]
    differences: Sequence[Difference]
    is_own_amount: bool = False


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
    [(documents,)] = con.execute("select count(*) from tied").fetchall()
    sign = "case document_type when 'invoice' then 1 else -1 end"
    totals = con.execute(
        f"select currency_code, sum({sign} * ours), sum({sign} * theirs) from tied group by all order by all"
    ).fetchall()
    differing = con.execute(
        "select * from tied where abs(ours - theirs) > ? order by abs(ours - theirs) desc, document_type, document_id",
        [tolerance],
    ).fetchall()
    return Tie(documents, totals, [Difference(*one) for one in differing], is_own_amount)


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
    relations = {}
    for name, columns in _READ.items():
        rows = _with_all_columns(made, name, columns)
        if held is not None and (with_documents or name not in DOCUMENTS):
            key = held.keys[name]
            more = f"select {', '.join(columns)} from {held.tables[name]}"
            conditions = [f"{key} in (select key from {held.own[name]})"] if name in DOCUMENTS else []
            if made is not None and name in made.tables:
                conditions.append(f"{key} not in (select {key} from {made.tables[name]})")
            rows += f" union all {more} where {' and '.join(conditions) or 'true'}"
        relations[name] = f"({rows})"
    con.execute(f"create or replace temp table {OPEN} as {_OURS.format(**relations)}")


def _with_all_columns(made: Extracted | None, name: str, columns: dict[str, str]) -> str:
    """SQL of a table's rows with the columns that are read, null where they aren't given."""
    if made is None or name not in made.tables:
        nulls = [f"cast(null as {TYPES[kind]}) as {column}" for column, kind in columns.items()]
        return f"select {', '.join(nulls)} where false"
    relation = made.tables[name]
    given = columns_of(made.con, relation)
    cells = [
        identifier(column) if column in given else f"cast(null as {TYPES[kind]}) as {identifier(column)}"
        for column, kind in columns.items()
    ]
    return f"select {', '.join(cells)} from {relation}"

"""What is open of documents: an amount less everything that has moved it.

Here: the only place that computes it, for the tie, for lists of open items, and for payments applied by rules. An open
amount is what an invoice has left after applications, discounts, adjustments and voiding, and what a receipt or a
credit memo has left after applications and refunds. Not here: whose rows count.
"""

from collections.abc import Mapping

import duckdb

from duebook.adapters.engine.definition import TYPES

# By the contract's table, the columns that are read and their types; null where an adapter doesn't give them.
READ = {
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


def no_rows(table: str) -> str:
    """SQL of one of the tables of `READ` that has no rows."""
    nulls = [f"cast(null as {TYPES[kind]}) as {column}" for column, kind in READ[table].items()]
    return f"select {', '.join(nulls)} where false"


def make_open_amounts(con: duckdb.DuckDBPyConnection, rows: Mapping[str, str]) -> None:
    """Make the table `OPEN`: document_type, document_id, currency_code and open_amount of documents.

    Args:
        con: where it is made.
        rows: by the contract's table, SQL of its rows with the columns of `READ`; a table may be left out.
    """
    relations = {table: f"({rows.get(table) or no_rows(table)})" for table in READ}
    con.execute(f"create or replace temp table {OPEN} as {_OURS.format(**relations)}")

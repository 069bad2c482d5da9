-- Guards: an invoice or receipt is an open item exactly if a part of it is open, with the same amount, age and dispute.
-- Why it matters: a document would have another balance than on the list of open items.
-- A row is an item that differs, or that only one side has. Credit memos have no mart to compare with.
with

items as (

    select * from {{ ref('open_items') }}
    where item_type <> 'credit_memo'

),

invoices as (

    select * from {{ ref('fct_invoices') }}

),

receipts as (

    select * from {{ ref('fct_receipts') }}

),

documents as (

    select
        'invoice' as item_type,
        invoice_id as item_id,
        open_balance as balance,
        days_past_due,
        aging_bucket,
        is_disputed
    from invoices
    where open_balance <> 0
    union all
    select
        'overpayment' as item_type,
        invoice_id as item_id,
        -overpaid_amount as balance,
        cast(null as integer) as days_past_due,
        cast(null as string) as aging_bucket,
        false as is_disputed
    from invoices
    where overpaid_amount <> 0
    union all
    select
        'receipt' as item_type,
        receipt_id as item_id,
        -unapplied_amount as balance,
        cast(null as integer) as days_past_due,
        cast(null as string) as aging_bucket,
        false as is_disputed
    from receipts
    where unapplied_amount <> 0

)

select
    items.*,
    documents.item_type as document_type,
    documents.item_id as document_id,
    documents.balance as document_balance
from items
full outer join documents on items.item_type = documents.item_type and items.item_id = documents.item_id
where
    not coalesce(items.balance = documents.balance, false)
    or coalesce(items.days_past_due, -1) <> coalesce(documents.days_past_due, -1)
    or coalesce(items.aging_bucket, '') <> coalesce(documents.aging_bucket, '')
    or items.is_disputed <> documents.is_disputed

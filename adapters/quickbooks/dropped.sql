with documents as (
    select * from {{ ref('quickbooks__documents') }}
),

lines as (
    select * from {{ ref('quickbooks__payment_lines') }}
),

payments as (
    select *
    from {{ ref('quickbooks__transactions') }}
    where transaction_type = 'payment'
),

ar_lines as (
    select * from {{ ref('quickbooks__ar_lines') }}
)

select
    kind as source_table,
    document_id as source_id,
    case
        when is_deleted then 'deleted there: a tombstone, if it was landed before'
        when is_voided then 'voided there, its amount is gone: a tombstone, if it was landed before'
        else 'a payment of 0, which only applies credits'
    end as reason
from documents
where is_deleted or is_voided or (kind = 'receipt' and amount = 0)

union all

select
    'payment line',
    lines.payment_id || '-' || lines.line_no,
    case when payments.transaction_id is null then 'its payment is not there' else 'links no receivable' end
from lines
left join payments on lines.payment_id = payments.transaction_id
left join ar_lines on lines.linked_type = ar_lines.linked_type and lines.linked_id = ar_lines.linked_id
where
    payments.transaction_id is null
    or lines.linked_type = 'other'
    or (lines.linked_type in ('journal_entry', 'deposit') and ar_lines.document_id is null)

union all

select
    'journal entry line',
    lines.journal_id,
    'posts to receivables without a customer'
from {{ ref('quickbooks__journal_lines') }} as lines
inner join {{ ref('quickbooks__accounts') }} as accounts on lines.account_id = accounts.account_id
where accounts.account_type = 'Accounts Receivable' and lines.customer_id is null

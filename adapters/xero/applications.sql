select
    payment_id as application_id,
    receipt_id,
    cast(null as varchar) as credit_memo_id,
    invoice_id,
    payment_date as applied_date,
    amount,
    undone_date as unapplied_date,
    updated_at
from {{ ref('xero__invoice_payments') }}

union all

select
    settlement_id,
    case when kind = 'receipt' then document_id end,
    case when kind = 'credit_memo' then document_id end,
    invoice_id,
    allocated_date,
    amount,
    null,
    updated_at
from {{ ref('xero__settlements') }}
where kind in ('receipt', 'credit_memo')

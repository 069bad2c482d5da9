select
    pair_id as application_id,
    case when credit_kind = 'receipt' then credit_id end as receipt_id,
    case when credit_kind <> 'receipt' then credit_id end as credit_memo_id,
    debit_id as invoice_id,
    transaction_date as applied_date,
    amount,
    updated_at,
    is_deleted
from {{ ref('quickbooks__pairs') }}
where debit_kind = 'invoice' and credit_kind in ('receipt', 'credit_memo', 'opening_credit')

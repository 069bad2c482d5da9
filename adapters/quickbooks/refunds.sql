select
    pair_id as refund_id,
    case when credit_kind = 'receipt' then credit_id end as receipt_id,
    case when credit_kind <> 'receipt' then credit_id end as credit_memo_id,
    transaction_date as refund_date,
    amount,
    updated_at,
    is_deleted
from {{ ref('quickbooks__pairs') }}
where debit_kind = 'refund' and credit_kind in ('receipt', 'credit_memo', 'opening_credit')

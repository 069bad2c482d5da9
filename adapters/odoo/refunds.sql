select
    pair_id as refund_id,
    case when credit_kind = 'receipt' then credit_id end as receipt_id,
    case when credit_kind = 'credit_memo' then credit_id end as credit_memo_id,
    pair_date as refund_date,
    source_amount as amount,
    updated_at
from {{ ref('odoo__pairs') }}
where
    (debit_kind = 'refund' and credit_kind in ('receipt', 'credit_memo'))
    or (debit_kind = 'reversal' and credit_kind = 'credit_memo')

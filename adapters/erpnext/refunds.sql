select
    settlement_id as refund_id,
    case when settled_kind = 'receipt' then settled_id end as receipt_id,
    case when settled_kind = 'credit_memo' then settled_id end as credit_memo_id,
    posting_date as refund_date,
    -amount as amount,
    is_undone as is_deleted,
    updated_at
from {{ ref('erpnext__settlements') }}
where settled_kind in ('receipt', 'credit_memo') and amount < 0

select
    'cleared:' || item_id || mark as refund_id,
    case when kind = 'receipt' then item_id end as receipt_id,
    case when kind = 'credit_memo' then item_id end as credit_memo_id,
    clearing_date as refund_date,
    amount
from {{ ref('flat__given_back') }}

select
    detail_no as refund_id,
    case when credit_kind = 'receipt' then credit_entry_no end as receipt_id,
    case when credit_kind = 'credit_memo' then credit_entry_no end as credit_memo_id,
    posting_date as refund_date,
    amount
from {{ ref('bc__pairs') }}
where debit_kind = 'refund' and credit_kind in ('receipt', 'credit_memo') and undone_date is null

select
    invoice_id || '/' || coalesce(credit_id, 'cleared') || mark as application_id,
    case
        when credit_kind = 'receipt' then credit_id
        when credit_kind = 'cleared' then 'cleared:' || invoice_id || mark
    end as receipt_id,
    case when credit_kind = 'credit_memo' then credit_id end as credit_memo_id,
    invoice_id,
    clearing_date as applied_date,
    amount
from {{ ref('flat__clearings') }}

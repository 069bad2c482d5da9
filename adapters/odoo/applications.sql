select
    pair_id as application_id,
    case when credit_kind = 'receipt' then credit_id end as receipt_id,
    case when credit_kind = 'credit_memo' then credit_id end as credit_memo_id,
    debit_id as invoice_id,
    pair_date as applied_date,
    amount - discount_amount as amount,
    discount_amount,
    case when source_amount <> amount then source_amount end as source_amount,
    updated_at
from {{ ref('odoo__pairs') }}
where debit_kind in ('invoice', 'debit_memo') and credit_kind in ('receipt', 'credit_memo')

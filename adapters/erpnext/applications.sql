select
    settlement_id as application_id,
    case when source_kind = 'receipt' then source_id end as receipt_id,
    case when source_kind = 'credit_memo' then source_id end as credit_memo_id,
    settled_id as invoice_id,
    posting_date as applied_date,
    amount - discount_amount as amount,
    discount_amount,
    is_undone as is_deleted,
    updated_at
from {{ ref('erpnext__settlements') }}
where
    settled_kind in ('invoice', 'opening_balance', 'debit_memo')
    and source_kind in ('receipt', 'credit_memo')
    and amount > 0

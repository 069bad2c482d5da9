select
    case when kind in ('receipt', 'credit_memo') then kind else 'invoice' end as document_type,
    document_id,
    currency_code,
    source_open_amount as open_amount
from {{ ref('erpnext__documents') }}
where
    kind in ('invoice', 'opening_balance', 'debit_memo', 'receipt', 'credit_memo')
    and amount > 0
    and not is_cancelled
    and not is_deleted

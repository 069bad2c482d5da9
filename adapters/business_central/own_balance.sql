select
    case when kind in ('receipt', 'credit_memo') then kind else 'invoice' end as document_type,
    entry_no as document_id,
    currency_code,
    abs(remaining_amount) as open_amount
from {{ ref('bc__entries') }}
where kind in ('invoice', 'debit_memo', 'finance_charge', 'receipt', 'credit_memo') and remaining_amount is not null

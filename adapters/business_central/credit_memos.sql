select
    entry_no as credit_memo_id,
    company_id,
    customer_id,
    posting_date as credit_memo_date,
    currency_code,
    -amount as amount,
    exchange_rate,
    abs(remaining_amount) as source_open_amount,
    updated_at
from {{ ref('bc__entries') }}
where kind = 'credit_memo'

select
    item_id as credit_memo_id,
    company_id,
    customer_id,
    item_date as credit_memo_date,
    currency_code,
    exchange_rate,
    amount
from {{ ref('flat__documents') }}
where kind = 'credit_memo'

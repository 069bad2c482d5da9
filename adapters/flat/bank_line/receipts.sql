select
    receipt_id,
    company_id,
    customer_id,
    receipt_date,
    currency_code,
    exchange_rate,
    amount,
    memo as reference
from {{ ref('flat__payments') }}
where amount > 0

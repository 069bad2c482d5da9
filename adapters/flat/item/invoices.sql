select
    item_id as invoice_id,
    company_id,
    customer_id,
    item_date as invoice_date,
    due_date,
    currency_code,
    exchange_rate,
    amount
from {{ ref('flat__documents') }}
where kind = 'invoice'

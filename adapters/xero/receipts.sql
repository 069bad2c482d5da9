select
    receipt_id,
    company_id,
    customer_id,
    receipt_date,
    currency_code,
    amount,
    reference,
    reversed_date,
    exchange_rate,
    open_amount as source_open_amount,
    updated_at,
    is_deleted
from {{ ref('xero__receipts') }}

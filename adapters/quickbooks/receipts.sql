-- A payment of 0 receives nothing: it is none, and no longer one if it was.
select
    document_id as receipt_id,
    company_id,
    customer_id,
    transaction_date as receipt_date,
    currency_code,
    amount,
    payment_method,
    document_no as reference,
    exchange_rate,
    open_amount as source_open_amount,
    updated_at,
    is_deleted or is_voided or amount = 0 as is_deleted
from {{ ref('quickbooks__documents') }}
where kind = 'receipt'

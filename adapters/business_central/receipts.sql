select
    entry_no as receipt_id,
    company_id,
    customer_id,
    posting_date as receipt_date,
    currency_code,
    -amount as amount,
    document_no as reference,
    exchange_rate,
    abs(remaining_amount) as source_open_amount,
    updated_at
from {{ ref('bc__entries') }}
where kind = 'receipt'

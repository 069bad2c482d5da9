select
    document_id as receipt_id,
    company_id,
    customer_id,
    posting_date as receipt_date,
    currency_code,
    amount,
    exchange_rate,
    source_open_amount,
    payment_method,
    reference,
    case when is_cancelled then posting_date end as reversed_date,
    is_deleted,
    updated_at
from {{ ref('erpnext__documents') }}
where kind = 'receipt'

select
    document_id as credit_memo_id,
    company_id,
    customer_id,
    invoice_id,
    posting_date as credit_memo_date,
    currency_code,
    amount,
    exchange_rate,
    source_open_amount,
    case when is_cancelled then posting_date end as voided_date,
    is_deleted,
    updated_at
from {{ ref('erpnext__documents') }}
where kind = 'credit_memo'

select
    document_id as credit_memo_id,
    company_id,
    customer_id,
    document_date as credit_memo_date,
    currency_code,
    amount,
    reference as reason_code,
    voided_date,
    exchange_rate,
    open_amount as source_open_amount,
    updated_at,
    is_deleted
from {{ ref('xero__receivables') }}
where kind = 'credit_memo' and (is_posted or is_deleted)

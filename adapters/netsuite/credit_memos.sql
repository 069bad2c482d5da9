select
    document_id as credit_memo_id,
    company_id,
    customer_id,
    document_date as credit_memo_date,
    currency_code,
    amount,
    exchange_rate,
    source_open_amount,
    voided_date,
    is_deleted,
    updated_at
from {{ ref('netsuite__documents') }}
where kind = 'credit_memo' or (kind is null and is_deleted)

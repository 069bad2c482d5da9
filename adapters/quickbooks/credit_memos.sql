select
    document_id as credit_memo_id,
    company_id,
    customer_id,
    kind as memo_type,
    transaction_date as credit_memo_date,
    currency_code,
    amount,
    private_note as reason_code,
    exchange_rate,
    open_amount as source_open_amount,
    updated_at,
    is_deleted or is_voided as is_deleted
from {{ ref('quickbooks__documents') }}
where kind in ('credit_memo', 'opening_credit')

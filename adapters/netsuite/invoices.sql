select
    document_id as invoice_id,
    company_id,
    customer_id,
    document_no as invoice_number,
    kind as invoice_type,
    document_date as invoice_date,
    due_date,
    currency_code,
    amount,
    exchange_rate,
    source_open_amount,
    voided_date,
    is_deleted,
    updated_at
from {{ ref('netsuite__documents') }}
where kind in ('invoice', 'debit_memo') or (kind is null and is_deleted)

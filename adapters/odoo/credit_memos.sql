select
    document_id as credit_memo_id,
    company_id,
    customer_id,
    reversed_entry_id as invoice_id,
    document_date as credit_memo_date,
    currency_code,
    amount,
    reference as reason_code,
    exchange_rate,
    source_open_amount,
    voided_date,
    updated_at
from {{ ref('odoo__documents') }}
where kind = 'credit_memo'

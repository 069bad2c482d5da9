select
    document_id as receipt_id,
    company_id,
    customer_id,
    document_date as receipt_date,
    currency_code,
    amount,
    exchange_rate,
    source_open_amount,
    reference,
    voided_date as reversed_date,
    updated_at
from {{ ref('odoo__documents') }}
where kind = 'receipt'

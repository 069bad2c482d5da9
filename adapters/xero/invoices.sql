select
    document_id as invoice_id,
    company_id,
    customer_id,
    document_no as invoice_number,
    document_date as invoice_date,
    due_date,
    currency_code,
    amount,
    tax_amount,
    voided_date,
    exchange_rate,
    open_amount as source_open_amount,
    updated_at,
    is_deleted
from {{ ref('xero__receivables') }}
where kind = 'invoice' and (is_posted or is_deleted)

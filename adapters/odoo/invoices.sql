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
    tax_amount,
    exchange_rate,
    source_open_amount,
    voided_date,
    updated_at
from {{ ref('odoo__documents') }}
where kind in ('invoice', 'debit_memo')

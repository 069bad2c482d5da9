select
    document_id as invoice_id,
    company_id,
    customer_id,
    document_no as invoice_number,
    kind as invoice_type,
    transaction_date as invoice_date,
    due_date,
    currency_code,
    amount,
    tax_amount,
    exchange_rate,
    open_amount as source_open_amount,
    updated_at,
    is_deleted or is_voided as is_deleted
from {{ ref('quickbooks__documents') }}
where kind in ('invoice', 'debit_memo', 'opening_balance')

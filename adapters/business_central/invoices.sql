select
    entry_no as invoice_id,
    company_id,
    customer_id,
    document_no as invoice_number,
    kind as invoice_type,
    posting_date as invoice_date,
    due_date,
    currency_code,
    amount,
    exchange_rate,
    abs(remaining_amount) as source_open_amount,
    updated_at
from {{ ref('bc__entries') }}
where kind in ('invoice', 'debit_memo', 'finance_charge')

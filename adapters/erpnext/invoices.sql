select
    document_id as invoice_id,
    company_id,
    customer_id,
    document_no as invoice_number,
    kind as invoice_type,
    posting_date as invoice_date,
    due_date,
    currency_code,
    amount,
    tax_amount,
    exchange_rate,
    source_open_amount,
    case when is_cancelled then posting_date end as voided_date,
    is_deleted,
    updated_at
from {{ ref('erpnext__documents') }}
where kind in ('invoice', 'opening_balance', 'debit_memo') and (amount > 0 or is_deleted)

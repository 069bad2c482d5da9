select
    invoice_id,
    company_id,
    customer_id,
    invoice_date,
    due_date,
    currency_code,
    exchange_rate,
    amount,
    tax_amount,
    voided_date
from {{ source('flat', 'rows') }}
where amount >= 0

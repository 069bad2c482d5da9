select
    {{ option('receipt_prefix') }} || invoice_id as receipt_id,
    company_id,
    customer_id,
    paid_date as receipt_date,
    currency_code,
    amount
from {{ source('flat', 'rows') }}
where paid_date is not null and amount > 0

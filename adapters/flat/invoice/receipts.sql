select
    {{ option('receipt_prefix') }} || invoice_id as receipt_id,
    company_id,
    customer_id,
    paid_date as receipt_date,
    currency_code,
    paid_amount as amount
from {{ ref('flat__paid') }}
where is_invoice

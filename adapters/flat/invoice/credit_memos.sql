select
    invoice_id as credit_memo_id,
    company_id,
    customer_id,
    invoice_date as credit_memo_date,
    currency_code,
    exchange_rate,
    -amount as amount,
    voided_date
from {{ source('flat', 'rows') }}
where amount < 0

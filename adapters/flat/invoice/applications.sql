select
    {{ option('application_prefix') }} || invoice_id as application_id,
    {{ option('receipt_prefix') }} || invoice_id as receipt_id,
    invoice_id,
    paid_date as applied_date,
    amount
from {{ source('flat', 'rows') }}
where paid_date is not null and amount > 0

-- The list doesn't say when a dispute began or why: with the invoice, and it ended when the invoice was paid.
select
    {{ option('dispute_prefix') }} || invoice_id as dispute_id,
    invoice_id,
    invoice_date as opened_date,
    paid_date as closed_date,
    amount,
    'unknown' as reason_code
from {{ source('flat', 'rows') }}
where is_disputed and amount > 0

-- The list doesn't say when a dispute began or why: with the invoice, and it ended when the invoice was paid in full.
select
    {{ option('dispute_prefix') }} || invoice_id as dispute_id,
    invoice_id,
    invoice_date as opened_date,
    case when coalesce(paid_amount, amount) >= amount then paid_date end as closed_date,
    amount,
    'unknown' as reason_code
from {{ source('flat', 'rows') }}
where is_disputed and amount > 0

-- What was paid beyond the invoice's amount stays unapplied.
select
    {{ option('application_prefix') }} || invoice_id as application_id,
    {{ option('receipt_prefix') }} || invoice_id as receipt_id,
    invoice_id,
    paid_date as applied_date,
    least(paid_amount, amount) as amount
from {{ ref('flat__paid') }}
where is_invoice

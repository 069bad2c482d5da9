-- What was paid beyond the invoice's amount stays unapplied. Of an invoice that is paid in part the list has the sum of
-- what was paid and one day, which may not be that of each payment.
select
    {{ option('application_prefix') }} || invoice_id as application_id,
    {{ option('receipt_prefix') }} || invoice_id as receipt_id,
    invoice_id,
    paid_date as applied_date,
    least(paid_amount, amount) as amount,
    case when paid_amount < amount then 'parts_as_one' end as rule
from {{ ref('flat__paid') }}
where is_invoice

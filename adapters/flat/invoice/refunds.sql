-- A credit memo with a paid date was settled on that day.
select
    {{ option('application_prefix') }} || invoice_id as refund_id,
    invoice_id as credit_memo_id,
    paid_date as refund_date,
    least(paid_amount, amount) as amount
from {{ ref('flat__paid') }}
where not is_invoice

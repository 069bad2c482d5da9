select
    lines.payment_id || '/' || lines.invoice_id as application_id,
    lines.payment_id as receipt_id,
    lines.invoice_id,
    payments.payment_date as applied_date,
    lines.amount
from {{ source('_template', 'payment_line') }} as lines
inner join {{ source('_template', 'payment') }} as payments on lines.payment_id = payments.id

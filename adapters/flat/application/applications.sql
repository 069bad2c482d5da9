select
    coalesce(application_id, receipt_id || '/' || invoice_id) as application_id,
    receipt_id,
    invoice_id,
    applied_date,
    amount,
    discount_amount,
    unapplied_date
from {{ source('flat', 'rows') }}

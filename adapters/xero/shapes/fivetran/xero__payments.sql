select
    payment_id,
    status,
    batch_payment_id,
    case
        when invoice_id is not null then 'invoice'
        when credit_note_id is not null then 'credit_note'
        when overpayment_id is not null then 'overpayment'
        when prepayment_id is not null then 'prepayment'
    end as document_type,
    coalesce(invoice_id, credit_note_id, overpayment_id, prepayment_id) as document_id,
    date as payment_date,
    amount,
    currency_rate,
    reference,
    updated_date_utc as updated_at
from {{ source('xero', 'payment') }}

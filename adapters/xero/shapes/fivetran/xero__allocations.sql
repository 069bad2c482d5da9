select
    'credit_note' as document_type,
    credit_note_id as document_id,
    invoice_id,
    date as allocated_date,
    amount
from {{ source('xero', 'credit_note_allocation') }}

union all

select
    'overpayment',
    overpayment_id,
    invoice_id,
    date,
    amount
from {{ source('xero', 'overpayment_allocation') }}

union all

select
    'prepayment',
    prepayment_id,
    invoice_id,
    date,
    amount
from {{ source('xero', 'prepayment_allocation') }}

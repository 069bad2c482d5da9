-- A row an invoice, a credit note, an overpayment or a prepayment, of customers and of suppliers.
select
    'invoice' as document_type,
    _company_id,
    invoice_id as document_id,
    type as xero_type,
    status,
    contact_id,
    invoice_number as document_no,
    reference,
    date as document_date,
    due_date,
    currency_code,
    currency_rate,
    total as amount,
    total_tax as tax_amount,
    amount_due as open_amount,
    updated_date_utc as updated_at
from {{ source('xero', 'invoice') }}

union all

select
    'credit_note',
    _company_id,
    credit_note_id,
    type,
    status,
    contact_id,
    credit_note_number,
    reference,
    date,
    null,
    currency_code,
    currency_rate,
    total,
    null,
    remaining_credit,
    updated_date_utc
from {{ source('xero', 'credit_note') }}

union all

select
    'overpayment',
    _company_id,
    overpayment_id,
    type,
    status,
    contact_id,
    null,
    reference,
    date,
    null,
    currency_code,
    currency_rate,
    total,
    null,
    remaining_credit,
    updated_date_utc
from {{ source('xero', 'overpayment') }}

union all

select
    'prepayment',
    _company_id,
    prepayment_id,
    type,
    status,
    contact_id,
    null,
    reference,
    date,
    null,
    currency_code,
    currency_rate,
    total,
    null,
    remaining_credit,
    updated_date_utc
from {{ source('xero', 'prepayment') }}

-- A row an invoice, a credit memo or a payment.
select
    'invoice' as transaction_type,
    _company_id,
    id as transaction_id,
    customer_id,
    doc_number as document_no,
    transaction_date,
    due_date,
    currency_id as currency_code,
    exchange_rate,
    total_amount as amount,
    total_tax as tax_amount,
    deposit as deposit_amount,
    balance as open_amount,
    cast(null as varchar) as payment_method,
    private_note,
    updated_at,
    coalesce(_fivetran_deleted, false) as is_deleted
from {{ source('quickbooks', 'invoice') }}

union all

select
    'credit_memo',
    _company_id,
    id,
    customer_id,
    doc_number,
    transaction_date,
    null,
    currency_id,
    exchange_rate,
    total_amount,
    null,
    null,
    remaining_credit,
    null,
    private_note,
    updated_at,
    coalesce(_fivetran_deleted, false)
from {{ source('quickbooks', 'credit_memo') }}

union all

select
    'payment',
    payments._company_id,
    payments.id,
    payments.customer_id,
    payments.reference_number,
    payments.transaction_date,
    null,
    payments.currency_id,
    payments.exchange_rate,
    payments.total_amount,
    null,
    null,
    payments.unapplied_amount,
    methods.name,
    payments.private_note,
    payments.updated_at,
    coalesce(payments._fivetran_deleted, false)
from {{ source('quickbooks', 'payment') }} as payments
left join {{ source('quickbooks', 'payment_method') }} as methods on payments.payment_method_id = methods.id

-- A row an invoice, its amounts in its currency; drafts and deleted ones, too.
with invoices as (
    select
        *,
        upper(currency) as currency_code,
        coalesce(status_transitions_finalized_at, created) as finalized_at
    from {{ source('stripe', 'invoice') }}
)

select
    invoices.id as invoice_id,
    invoices._company_id as declared_company_id,
    invoices._id_prefix,
    invoices.customer_id,
    invoices.number as invoice_number,
    invoices.status,
    invoices.currency_code,
    cast(invoices.finalized_at as date) as invoice_date,
    cast(invoices.due_date as date) as due_date,
    cast(invoices.status_transitions_paid_at as date) as paid_date,
    cast(invoices.status_transitions_voided_at as date) as voided_date,
    cast(invoices.status_transitions_marked_uncollectible_at as date) as uncollectible_date,
    invoices.total * coalesce(currencies.unit, 0.01) as amount,
    invoices.tax * coalesce(currencies.unit, 0.01) as tax_amount,
    invoices.amount_paid * coalesce(currencies.unit, 0.01) as amount_paid,
    invoices.amount_remaining * coalesce(currencies.unit, 0.01) as amount_remaining,
    -- A balance below zero is the customer's credit.
    (coalesce(invoices.ending_balance, 0) - coalesce(invoices.starting_balance, 0))
    * coalesce(currencies.unit, 0.01) as from_balance,
    coalesce(invoices.is_deleted, false) as is_deleted
from invoices
left join {{ ref('stripe__currencies') }} as currencies on invoices.currency_code = currencies.currency_code

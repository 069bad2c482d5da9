-- A row an invoice that was finalized: with its company, and what was paid of it outside Stripe.
with accounts as (
    select
        _company_id,
        max(id) as account_id
    from {{ source('stripe', 'account') }}
    group by _company_id
),

charged as (
    select
        invoice_id,
        sum(amount) as amount
    from {{ ref('stripe__charges') }}
    where invoice_id is not null
    group by invoice_id
)

select
    invoices.*,
    coalesce(invoices.declared_company_id, accounts.account_id) as company_id,
    case
        when invoices.status = 'paid'
            then greatest(coalesce(invoices.amount_paid, 0) - coalesce(charged.amount, 0), 0)
        else 0
    end as paid_outside
from {{ ref('stripe__invoices') }} as invoices
left join accounts on invoices.declared_company_id is not distinct from accounts._company_id
left join charged on invoices.invoice_id = charged.invoice_id
where
    invoices.status in ('open', 'paid', 'uncollectible', 'void')
    and invoices.invoice_date is not null
    and invoices.customer_id is not null
    and invoices.amount >= 0

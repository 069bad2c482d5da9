with accounts as (
    select
        _company_id,
        max(id) as account_id
    from {{ source('stripe', 'account') }}
    group by _company_id
)

select
    charges.charge_id as receipt_id,
    coalesce(charges.declared_company_id, accounts.account_id) as company_id,
    charges.customer_id,
    charges.charge_date as receipt_date,
    charges.currency_code,
    charges.amount,
    charges.exchange_rate,
    'stripe' as payment_method,
    false as is_deleted
from {{ ref('stripe__charges') }} as charges
left join accounts on charges.declared_company_id is not distinct from accounts._company_id
where charges.customer_id is not null

union all

-- What was paid outside Stripe; nothing, once its charge has come.
select
    invoice_id || ':outside',
    company_id,
    customer_id,
    coalesce(paid_date, invoice_date),
    currency_code,
    paid_outside,
    null,
    'outside stripe',
    paid_outside = 0
from {{ ref('stripe__documents') }}
where status = 'paid'

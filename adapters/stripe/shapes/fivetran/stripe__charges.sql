-- A row a charge that succeeded.
with charges as (
    select
        *,
        upper(currency) as currency_code
    from {{ source('stripe', 'charge') }}
    where status = 'succeeded' and captured is not false
)

select
    charges.id as charge_id,
    charges._company_id as declared_company_id,
    charges._id_prefix,
    charges.customer_id,
    charges.invoice_id,
    cast(charges.created as date) as charge_date,
    charges.currency_code,
    charges.amount * coalesce(currencies.unit, 0.01) as amount,
    balance_transactions.exchange_rate
from charges
left join {{ ref('stripe__currencies') }} as currencies on charges.currency_code = currencies.currency_code
left join {{ source('stripe', 'balance_transaction') }} as balance_transactions
    on charges.balance_transaction_id = balance_transactions.id

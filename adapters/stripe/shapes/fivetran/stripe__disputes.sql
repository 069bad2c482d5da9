-- A row a chargeback of a charge that succeeded.
with disputes as (
    select
        *,
        upper(currency) as currency_code
    from {{ source('stripe', 'dispute') }}
)

select
    disputes.id as dispute_id,
    charges.charge_id,
    charges.invoice_id,
    cast(disputes.created as date) as opened_date,
    disputes.reason,
    disputes.status,
    disputes.amount * coalesce(currencies.unit, 0.01) as amount
from disputes
inner join {{ ref('stripe__charges') }} as charges on disputes.charge_id = charges.charge_id
left join {{ ref('stripe__currencies') }} as currencies on disputes.currency_code = currencies.currency_code

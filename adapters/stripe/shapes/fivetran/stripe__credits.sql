-- A row a credit note, and a refund of a charge that has none, where the charge paid an invoice: both take back a sale.
with notes as (
    select
        *,
        upper(currency) as currency_code
    from {{ source('stripe', 'credit_note') }}
),

refunds as (
    select
        *,
        upper(currency) as currency_code
    from {{ source('stripe', 'refund') }}
    where status = 'succeeded'
)

select
    notes.id as credit_id,
    notes.invoice_id,
    cast(notes.created as date) as credit_date,
    notes.currency_code,
    notes.amount * coalesce(currencies.unit, 0.01) as amount,
    notes.reason,
    case when notes.status = 'void' then cast(coalesce(notes.voided_at, notes.created) as date) end as voided_date,
    case
        when notes.type = 'pre_payment' then 'applied'
        when notes.refund_id is not null then 'refunded'
        else 'elsewhere'
    end as kind,
    cast(refunds.created as date) as refund_date
from notes
left join refunds on notes.refund_id = refunds.id
left join {{ ref('stripe__currencies') }} as currencies on notes.currency_code = currencies.currency_code

union all

select
    refunds.id,
    charges.invoice_id,
    cast(refunds.created as date),
    refunds.currency_code,
    refunds.amount * coalesce(currencies.unit, 0.01),
    refunds.reason,
    null,
    'refunded',
    cast(refunds.created as date)
from refunds
inner join {{ ref('stripe__charges') }} as charges on refunds.charge_id = charges.charge_id
left join {{ ref('stripe__currencies') }} as currencies on refunds.currency_code = currencies.currency_code
where
    charges.invoice_id is not null
    and not exists (
        select 1 from notes
        where notes.refund_id = refunds.id
    )

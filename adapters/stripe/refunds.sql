select
    credits.credit_id as refund_id,
    cast(null as varchar) as receipt_id,
    credits.credit_id as credit_memo_id,
    coalesce(credits.refund_date, credits.credit_date) as refund_date,
    credits.amount
from {{ ref('stripe__credits') }} as credits
inner join {{ ref('stripe__documents') }} as documents on credits.invoice_id = documents.invoice_id
where credits.kind = 'refunded' and credits.voided_date is null

union all

-- Of charges that paid no invoice.
select
    refunds.id,
    charges.charge_id,
    null,
    cast(refunds.created as date),
    refunds.amount * coalesce(currencies.unit, 0.01)
from {{ source('stripe', 'refund') }} as refunds
inner join {{ ref('stripe__charges') }} as charges on refunds.charge_id = charges.charge_id
left join {{ ref('stripe__currencies') }} as currencies on charges.currency_code = currencies.currency_code
where refunds.status = 'succeeded' and charges.invoice_id is null and charges.customer_id is not null

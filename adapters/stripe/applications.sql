select
    charges.charge_id as application_id,
    charges.charge_id as receipt_id,
    cast(null as varchar) as credit_memo_id,
    charges.invoice_id,
    charges.charge_date as applied_date,
    charges.amount,
    cast(null as date) as unapplied_date,
    false as is_deleted
from {{ ref('stripe__charges') }} as charges
inner join {{ ref('stripe__documents') }} as documents on charges.invoice_id = documents.invoice_id
where charges.customer_id is not null

union all

select
    invoice_id || ':outside',
    invoice_id || ':outside',
    null,
    invoice_id,
    coalesce(paid_date, invoice_date),
    paid_outside,
    null,
    paid_outside = 0
from {{ ref('stripe__documents') }}
where status = 'paid'

union all

select
    credits.credit_id,
    null,
    credits.credit_id as credit_memo_id,
    credits.invoice_id,
    credits.credit_date,
    credits.amount,
    credits.voided_date,
    false
from {{ ref('stripe__credits') }} as credits
inner join {{ ref('stripe__documents') }} as documents on credits.invoice_id = documents.invoice_id
where credits.kind = 'applied'

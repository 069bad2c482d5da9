-- Uncollectible invoices that were paid in the end, or voided, are written off no more.
select
    invoice_id || ':uncollectible' as adjustment_id,
    invoice_id,
    coalesce(uncollectible_date, invoice_date) as adjustment_date,
    'write_off' as adjustment_type,
    -amount_remaining as amount,
    status <> 'uncollectible' as is_deleted
from {{ ref('stripe__documents') }}
where
    (status = 'uncollectible' and amount_remaining > 0)
    or (status <> 'uncollectible' and uncollectible_date is not null)

union all

select
    invoice_id || ':balance',
    invoice_id,
    invoice_date,
    'other',
    -from_balance,
    false
from {{ ref('stripe__documents') }}
where from_balance <> 0

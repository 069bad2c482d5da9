-- Payments of the list, and what an invoice was cleared with that isn't in it.
select
    item_id as receipt_id,
    company_id,
    customer_id,
    item_date as receipt_date,
    currency_code,
    amount,
    reference
from {{ ref('flat__items') }}
where kind = 'receipt'

union all

select
    'cleared:' || cleared.invoice_id,
    items.company_id,
    items.customer_id,
    cleared.clearing_date,
    items.currency_code,
    cleared.amount,
    null
from {{ ref('flat__clearings') }} as cleared
inner join {{ ref('flat__items') }} as items on cleared.invoice_id = items.item_id
where cleared.credit_kind = 'cleared'

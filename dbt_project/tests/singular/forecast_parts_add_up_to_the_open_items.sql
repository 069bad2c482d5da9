-- Guards: the parts of an invoice whose payment is forecast add up to what the invoice is open with.
-- Why it would hurt: expected cash would be of other receivables than those on the list.
-- A row is an invoice that differs, or that only one side has.
with

forecast as (

    select
        invoice_id,
        sum(open_balance) as open_balance
    from {{ ref('payment_forecast') }}
    group by invoice_id

),

items as (

    select * from {{ ref('open_items') }}
    where item_type = 'invoice'

)

select
    forecast.invoice_id,
    forecast.open_balance,
    items.item_id,
    items.balance
from forecast
full outer join items on forecast.invoice_id = items.item_id
where not coalesce(forecast.open_balance = items.balance, false)

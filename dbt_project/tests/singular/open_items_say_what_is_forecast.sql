-- Guards: open_items has the forecast of each invoice's oldest open part, the one it says the due date of.
-- Why it matters: the list of open items would name another day than payment_forecast, or that of a later instalment.
-- A row is an invoice that differs, or whose oldest part has no forecast row.
with

forecast as (

    select * from {{ ref('payment_forecast') }}

),

items as (

    select * from {{ ref('open_items') }}
    where item_type = 'invoice'

)

select
    items.item_id,
    items.due_date,
    items.expected_payment_date,
    forecast.expected_payment_date as forecast_payment_date
from items
left join forecast
    on
        items.item_id = forecast.invoice_id
        and coalesce(items.due_date, cast('9999-12-31' as date))
        = coalesce(forecast.due_date, cast('9999-12-31' as date))
where
    forecast.invoice_id is null
    or items.expected_payment_date is distinct from forecast.expected_payment_date
    or items.p10_date is distinct from forecast.p10_date
    or items.p90_date is distinct from forecast.p90_date
    or items.p_late_30 is distinct from forecast.p_late_30
    or items.reason is distinct from forecast.reason

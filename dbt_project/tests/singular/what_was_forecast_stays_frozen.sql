-- Guards: every frozen forecast is still there, unchanged.
-- Why it matters: a forecast that changes after the fact can't be scored.
-- A row is a forecast of the last publication that is missing or different now: of an invoice, or of a week and scope.
with

published_items as (

    select * from {{ ref('int_published_forecasts') }}

),

items as (

    select * from {{ ref('frozen_forecasts') }}

),

published_weeks as (

    select * from {{ ref('int_published_cash_forecasts') }}

),

weeks as (

    select * from {{ ref('frozen_cash_forecasts') }}

)

select
    published_items.as_of_date,
    'invoice ' || published_items.invoice_id as forecast_of,
    published_items.part as place
from published_items
left join items
    on
        published_items.as_of_date = items.as_of_date
        and published_items.invoice_id = items.invoice_id
        and published_items.part = items.part
where
    items.frozen_at is distinct from published_items.frozen_at
    or items.expected_payment_date is distinct from published_items.expected_payment_date
    or items.p_late_30 is distinct from published_items.p_late_30
    or items.open_balance is distinct from published_items.open_balance
    or items.baseline_days_late is distinct from published_items.baseline_days_late
union all
select
    published_weeks.as_of_date,
    published_weeks.scope as forecast_of,
    published_weeks.week as place
from published_weeks
left join weeks
    on
        published_weeks.as_of_date = weeks.as_of_date
        and published_weeks.scope = weeks.scope
        and published_weeks.week = weeks.week
where
    weeks.frozen_at is distinct from published_weeks.frozen_at
    or weeks.from_open_items is distinct from published_weeks.from_open_items
    or weeks.p10 is distinct from published_weeks.p10
    or weeks.p90 is distinct from published_weeks.p90
    or weeks.baseline_from_open_items is distinct from published_weeks.baseline_from_open_items

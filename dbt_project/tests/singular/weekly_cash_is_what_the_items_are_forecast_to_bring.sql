-- Guards: the first week of the cash forecast is what payment_forecast expects of the same items within 7 days, to the
-- last digit, at each level in the reporting currency; and what it expects within 90 days is between 12 and 13 weeks.
-- Why it matters: two forecasts of the same cash would contradict each other.
-- A row is a scope where they differ.
with

items as (

    select
        case
            when grouping(company_id) = 0 then 'company:' || company_id
            when grouping(segment) = 0 then 'segment:' || segment
            else 'portfolio'
        end as scope,
        coalesce(sum(expected_cash_7d), 0) as cash_7d,
        coalesce(sum(expected_cash_90d), 0) as cash_90d,
        coalesce(min(open_balance_reporting), 0) as smallest_balance
    from {{ ref('payment_forecast') }}
    group by grouping sets ((), (company_id), (segment))

),

weeks as (

    select
        scope,
        coalesce(sum(case when week = 1 then from_open_items end), 0) as cash_7d,
        coalesce(sum(case when week <= 12 then from_open_items end), 0) as cash_84d,
        coalesce(sum(from_open_items), 0) as cash_91d
    from {{ ref('cash_forecast_weekly') }}
    where level <> 'currency'
    group by scope

)

select
    coalesce(items.scope, weeks.scope) as scope,
    items.cash_7d as of_items_7d,
    weeks.cash_7d,
    items.cash_90d as of_items_90d,
    weeks.cash_84d,
    weeks.cash_91d
from items
full outer join weeks on items.scope = weeks.scope
where
    coalesce(items.cash_7d, 0) <> coalesce(weeks.cash_7d, 0)
    -- Of what is paid back, later weeks bring less.
    or (
        items.smallest_balance >= 0
        and items.cash_90d not between coalesce(weeks.cash_84d, 0) and coalesce(weeks.cash_91d, 0)
    )

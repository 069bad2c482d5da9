-- Guards: the days that the months counted by countback DSO have in it add up to it.
-- Why it matters: its explanation would be another count than the published one.
-- A row is a month and scope where they don't. Sales and receivables are rounded to 4 decimals, which may move the part
-- of a month.
with

counted as (

    select * from {{ ref('dso_countback_months') }}

),

published as (

    select * from {{ ref('dso_monthly') }}

),

added_up as (

    select
        month_end,
        scope,
        sum(cast(days_counted as decimal(18, 8))) as days_counted,
        max(case when is_whole then 0 else days * 0.001 / nullif(cast(net_credit_sales as double), 0) end) as rounding
    from counted
    group by
        month_end,
        scope

)

select
    published.month_end,
    published.scope,
    published.dso_countback,
    added_up.days_counted
from published
left join added_up
    on
        published.month_end = added_up.month_end
        and published.scope = added_up.scope
where
    abs(published.dso_countback - coalesce(added_up.days_counted, 0)) > 0.000001 + coalesce(added_up.rounding, 0)

-- Guards: all of a cohort's balance goes to some state, and no part of it to two.
-- Why it matters: a migration matrix that does not add up forecasts money that does not exist.
-- A row is a month, scope and bucket whose rates do not add up to 1.
with

roll_rates as (

    select * from {{ ref('roll_rates_monthly') }}

)

select
    month_end,
    scope,
    from_bucket,
    sum(roll_rate) as total
from roll_rates
where roll_rate is not null
group by
    month_end,
    scope,
    from_bucket
having abs(sum(roll_rate) - 1) > 1e-9

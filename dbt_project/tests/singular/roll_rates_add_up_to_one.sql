-- Guards: every bit of a cohort went somewhere, and nowhere twice.
-- Why it would hurt: a migration matrix that doesn't add up forecasts money that isn't there.
-- A row is a month, scope and bucket whose rates don't add up to 1.
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

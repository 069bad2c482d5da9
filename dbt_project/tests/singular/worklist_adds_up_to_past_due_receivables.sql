-- Guards: what the worklist has past due is the portfolio's past due receivables of the as-of day: open items of the
-- ledger against the aging by day, two ways to one figure.
-- Why it would hurt: a collector's list that leaves money out is money nobody asks for.
-- A row is the two sums when they differ. Each customer is rounded to 0.0001: that much is let be.
with

worklist as (

    select * from {{ ref('collections_worklist') }}

),

delinquency as (

    select * from {{ ref('delinquency_monthly') }}
    where
        level = 'portfolio'
        and month_end = cast({{ dbt.last_day(as_of_date(), 'month') }} as date)

),

listed as (

    select
        coalesce(sum(past_due_receivables), 0) as past_due_receivables,
        count(*) as customers
    from worklist

)

select
    listed.past_due_receivables as on_the_worklist,
    delinquency.past_due_receivables as of_the_portfolio
from listed
cross join delinquency
where abs(listed.past_due_receivables - delinquency.past_due_receivables) > 0.0001 * (1 + listed.customers)

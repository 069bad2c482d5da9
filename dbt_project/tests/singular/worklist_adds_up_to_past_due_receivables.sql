-- Guards: the worklist's past-due amounts add up to the portfolio's past-due receivables of the as-of day, which are
-- computed in another way (from the daily aging, not from open items).
-- Why it matters: nobody asks for money that is missing from a collector's list.
-- A row is the two sums, if they differ. Each customer is rounded to 0.0001: differences up to that are allowed.
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

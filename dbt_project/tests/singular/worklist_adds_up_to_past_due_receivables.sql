-- Guards: the worklist's past-due amounts, and those of customers who have only rests within the tolerance, add up to
-- the portfolio's past-due receivables of the as-of day, which are computed in another way (from the daily aging, not
-- from open items); and who has only rests is who has no past-due invoice in the counts.
-- Why it matters: nobody asks for money that is missing from a collector's list.
-- A row is the two sums, if they differ. Each customer is rounded to 0.0001: differences up to that are allowed.
{%- set this_month = "cast(" ~ dbt.last_day(as_of_date(), 'month') ~ " as date)" %}
with

worklist as (

    select * from {{ ref('collections_worklist') }}

),

delinquency as (

    select * from {{ ref('delinquency_monthly') }}
    where
        level = 'portfolio'
        and month_end = {{ this_month }}

),

risks as (

    select * from {{ ref('customer_risk') }}
    where past_due_receivables > 0

),

counted as (

    select customer_id
    from {{ ref('aging_monthly') }}
    where month_end = {{ this_month }}
    group by customer_id
    having sum(past_due_invoice_count) = 0

),

unioned as (

    select past_due_receivables from worklist
    union all
    select risks.past_due_receivables
    from risks
    inner join counted on risks.customer_id = counted.customer_id

),

added_up as (

    select
        coalesce(sum(past_due_receivables), 0) as past_due_receivables,
        count(*) as customers
    from unioned

)

select
    added_up.past_due_receivables as of_customers,
    delinquency.past_due_receivables as of_the_portfolio
from added_up
cross join delinquency
where abs(added_up.past_due_receivables - delinquency.past_due_receivables) > 0.0001 * (1 + added_up.customers)

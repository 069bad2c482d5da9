-- Guards: the roll-forward of a day begins with the closing balance of the day before, and no day is left out.
-- Why it matters: each single day would add up, but the days would not follow from each other.
-- A row is a day and group whose opening balance is not the closing balance before it.
with

receivables as (

    select * from {{ ref('receivables_daily') }}

),

chained as (

    select
        date_day,
        company_id,
        segment,
        currency_code,
        opening_balance,
        lag(closing_balance) over (
            partition by company_id, segment, currency_code order by date_day asc nulls last
        ) as closing_balance_before,
        lag(date_day) over (
            partition by company_id, segment, currency_code order by date_day asc nulls last
        ) as day_before
    from receivables

)

select *
from chained
where
    opening_balance <> coalesce(closing_balance_before, 0)
    or {{ dbt.datediff('day_before', 'date_day', 'day') }} <> 1

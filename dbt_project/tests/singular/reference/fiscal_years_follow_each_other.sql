-- Guards: a declared fiscal year begins on the day after the last day of the one before.
-- Why it matters: days between two years would be in no period, days of both in two, with all that happened on them.
-- A row is a year that begins on another day.
with

periods as (

    select * from {{ ref('int_fiscal_periods') }}

),

years as (

    select
        fiscal_year,
        min(period_start) as first_day,
        max(period_end) as last_day
    from periods
    group by fiscal_year

),

followed as (

    select
        *,
        lag(last_day) over (order by first_day asc nulls last) as last_day_before
    from years

)

select * from followed
where first_day <> cast({{ dbt.dateadd('day', 1, 'last_day_before') }} as date)

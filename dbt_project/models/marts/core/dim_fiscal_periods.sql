{{ config(materialized='replaced_view') }}

with

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select date_day as as_of_day from dates
    where is_as_of_day

),

-- Days of no declared year have no period.
periods as (

    select
        fiscal_period_start as period_start,
        fiscal_period_end as period_end,
        fiscal_year,
        fiscal_quarter,
        fiscal_month,
        max(date_day) as balance_date
    from dates
    where
        is_in_history
        and fiscal_period_end is not null
    group by
        fiscal_period_start,
        fiscal_period_end,
        fiscal_year,
        fiscal_quarter,
        fiscal_month

),

final as (

    select
        periods.period_end,
        periods.period_start,
        cast(
            cast(periods.fiscal_year as string) || case when periods.fiscal_month < 10 then '-P0' else '-P' end
            || cast(periods.fiscal_month as string) as string
        ) as period,
        periods.fiscal_year,
        periods.fiscal_quarter,
        periods.fiscal_month,
        cast(row_number() over (order by periods.period_end asc nulls last) as integer) as period_number,
        periods.balance_date,
        cast({{ dbt.dateadd('day', -1, 'periods.period_start') }} as date) as before_period,
        cast({{ dbt.datediff('periods.period_start', 'periods.balance_date', 'day') }} + 1 as integer) as days,
        periods.period_end <= as_of.as_of_day as is_complete,
        cast({{ dbt.dateadd('day', var('close_lag_days'), 'periods.period_end') }} as date) <= as_of.as_of_day
            as is_closed
    from periods
    cross join as_of

)

select * from final

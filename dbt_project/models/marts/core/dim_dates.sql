{%- set shift = (13 - var("fiscal_year_first_month") | int) % 12 -%}

with

dates as (

    select * from {{ ref('int_dates') }}

),

-- The fiscal year has the number of the calendar year in which it ends.
shifted as (

    select
        *,
        cast({{ dbt.dateadd("month", shift, "month_start") }} as date) as fiscal_month_start
    from dates

),

final as (

    select
        date_day,
        month_start,
        month_end,
        cast(extract(year from date_day) as integer) as calendar_year,
        cast(extract(quarter from date_day) as integer) as calendar_quarter,
        cast(extract(month from date_day) as integer) as calendar_month,
        cast(extract(year from fiscal_month_start) as integer) as fiscal_year,
        cast(extract(quarter from fiscal_month_start) as integer) as fiscal_quarter,
        cast(extract(month from fiscal_month_start) as integer) as fiscal_month,
        date_day = month_end as is_month_end,
        is_in_history,
        date_day = as_of_day as is_as_of_day
    from shifted

)

select * from final

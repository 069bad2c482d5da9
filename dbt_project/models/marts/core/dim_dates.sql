{%- set shift = (13 - var("fiscal_year_first_month") | int) % 12 -%}

with

dates as (

    select * from {{ ref('int_dates') }}

),

fiscal_periods as (

    select * from {{ ref('int_fiscal_periods') }}

),

declared as (

    select count(*) as periods from fiscal_periods

),

covered as (

    select
        dates.date_day,
        fiscal_periods.fiscal_year,
        fiscal_periods.fiscal_quarter,
        fiscal_periods.fiscal_month,
        fiscal_periods.period_start,
        fiscal_periods.period_end
    from dates
    inner join fiscal_periods on dates.date_day between fiscal_periods.period_start and fiscal_periods.period_end

),

-- Without declared years the fiscal year has the number of the calendar year in which it ends.
shifted as (

    select
        *,
        cast({{ dbt.dateadd("month", shift, "month_start") }} as date) as fiscal_month_start
    from dates

),

final as (

    select
        shifted.date_day,
        shifted.month_start,
        shifted.month_end,
        cast(extract(year from shifted.date_day) as integer) as calendar_year,
        cast(extract(quarter from shifted.date_day) as integer) as calendar_quarter,
        cast(extract(month from shifted.date_day) as integer) as calendar_month,
        {% for part in ['year', 'quarter', 'month'] -%}
            cast(
                case
                    when declared.periods > 0 then covered.fiscal_{{ part }}
                    else extract({{ part }} from shifted.fiscal_month_start)
                end as integer
            ) as fiscal_{{ part }},
        {% endfor -%}
        case when declared.periods > 0 then covered.period_start else shifted.month_start end as fiscal_period_start,
        case when declared.periods > 0 then covered.period_end else shifted.month_end end as fiscal_period_end,
        shifted.date_day = shifted.month_end as is_month_end,
        shifted.is_in_history,
        shifted.date_day = shifted.as_of_day as is_as_of_day
    from shifted
    cross join declared
    left join covered on shifted.date_day = covered.date_day

)

select * from final

with

fiscal_years as (

    select * from {{ ref('fiscal_years') }}

),

-- The periods that a year may have, the quarter of each, and where a pattern such as 4-4-5 says its weeks.
numbered as (

    {% for number in range(1, 14) -%}
        select
            {{ number }} as fiscal_month,
            {{ [(number + 2) // 3, 4] | min }} as fiscal_quarter,
            {{ 2 * ((number - 1) % 3) + 1 }} as place
        {% if not loop.last -%}
            union all
        {% endif -%}
    {%- endfor %}

),

divided as (

    select
        fiscal_years.fiscal_year,
        fiscal_years.first_day,
        fiscal_years.pattern,
        numbered.fiscal_month,
        numbered.fiscal_quarter,
        case
            when fiscal_years.pattern = 'months' then 0
            when fiscal_years.pattern = '13 periods' then 4
            else cast(substring(fiscal_years.pattern, numbered.place, 1) as integer)
        end
        + case when fiscal_years.extra_week_in = numbered.fiscal_month then 1 else 0 end as weeks
    from fiscal_years
    cross join numbered
    where numbered.fiscal_month <= case when fiscal_years.pattern = '13 periods' then 13 else 12 end

),

counted as (

    select
        *,
        cast(sum(weeks) over (
            partition by fiscal_year order by fiscal_month asc nulls last
            rows between unbounded preceding and current row
        ) as integer) as weeks_so_far
    from divided

),

dated as (

    select
        *,
        case
            when pattern = 'months' then cast({{ dbt.dateadd('month', 'fiscal_month - 1', 'first_day') }} as date)
            else cast({{ dbt.dateadd('day', '7 * (weeks_so_far - weeks)', 'first_day') }} as date)
        end as period_start,
        case
            when pattern = 'months' then cast({{ dbt.dateadd('month', 'fiscal_month', 'first_day') }} as date)
            else cast({{ dbt.dateadd('day', '7 * weeks_so_far', 'first_day') }} as date)
        end as next_period_start
    from counted

),

-- The last day of a period is the day before the next one begins.
final as (

    select
        fiscal_year,
        fiscal_quarter,
        fiscal_month,
        period_start,
        cast({{ dbt.dateadd('day', -1, 'next_period_start') }} as date) as period_end
    from dated

)

select * from final

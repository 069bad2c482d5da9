with

outcomes as (

    select * from {{ ref('int_forecast_outcomes') }}

),

-- Only when the day has passed by which an invoice would be late: until then just those are known that were paid early.
{% for late_by in [0, 30] -%}
    late_by_{{ late_by }} as (

        select
            company_id,
            segment,
            {{ late_by }} as late_by,
            cast(p_late_{{ late_by }} as decimal(9, 6)) as probability,
            was_late_{{ late_by }} as was_late
        from outcomes
        where
            was_late_{{ late_by }} is not null
            and p_late_{{ late_by }} is not null
            and {{ dbt.datediff('due_date', as_of_date(), 'day') }} >= {{ late_by }}

    ),

{% endfor -%}

unioned as (

    select * from late_by_0
    union all
    select * from late_by_30

),

-- Ten bands of equal width; a probability of 1 is in the last.
banded as (

    select
        *,
        cast(least(floor(10 * probability), 9) as integer) + 1 as band
    from unioned

),

levels as (

    select
        case
            when grouping(company_id) = 0 then 'company:' || company_id
            when grouping(segment) = 0 then 'segment:' || segment
            else 'portfolio'
        end as scope,
        late_by,
        band,
        count(*) as n,
        sum(probability) as probability_sum,
        sum(was_late) as late
    from banded
    group by grouping sets ((late_by, band), (late_by, band, company_id), (late_by, band, segment))

),

final as (

    select
        scope,
        cast(late_by as integer) as late_by,
        cast(band as integer) as band,
        cast(n as integer) as n,
        cast(probability_sum as double) / nullif(n, 0) as said,
        cast(late as double) / nullif(n, 0) as share_late
    from levels

)

select * from final

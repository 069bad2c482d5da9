with

outcomes as (

    select * from {{ ref('int_forecast_outcomes') }}

),

-- Items of the same probability, to three digits, are counted together.
counted as (

    {% for day in [0, 30] -%}
        {% set outer_last = loop.last -%}
        {% for of, column in [('forecast', 'p_late_' ~ day), ('baseline', 'baseline_p_late_' ~ day)] -%}
            select
                as_of_date,
                company_id,
                segment,
                '{{ of }}' as probability_of,
                {{ day }} as late_by,
                cast({{ column }} as decimal(4, 3)) as probability,
                sum(was_late_{{ day }}) as late,
                count(was_late_{{ day }}) - sum(was_late_{{ day }}) as in_time
            from outcomes
            where was_late_{{ day }} is not null
            group by
                as_of_date,
                company_id,
                segment,
                cast({{ column }} as decimal(4, 3))
            {% if not (loop.last and outer_last) -%}
                union all
            {% endif -%}
        {% endfor -%}
    {% endfor %}

),

levels as (

    select
        as_of_date,
        case
            when grouping(company_id) = 0 then 'company:' || company_id
            when grouping(segment) = 0 then 'segment:' || segment
            else 'portfolio'
        end as scope,
        probability_of,
        late_by,
        probability,
        sum(late) as late,
        sum(in_time) as in_time
    from counted
    group by grouping sets (
        (as_of_date, probability_of, late_by, probability),
        (as_of_date, probability_of, late_by, probability, company_id),
        (as_of_date, probability_of, late_by, probability, segment)
    )

),

ranked as (

    select
        *,
        sum(in_time) over (
            partition by as_of_date, scope, probability_of, late_by order by probability asc nulls last
            rows between unbounded preceding and current row
        ) as in_time_up_to_here,
        sum(late + in_time) over (
            partition by as_of_date, scope, probability_of, late_by order by probability asc nulls last
            rows between unbounded preceding and current row
        ) as items_up_to_here,
        sum(late + in_time) over (partition by as_of_date, scope, probability_of, late_by) as items
    from levels

),

-- Of all pairs of a late item and another, those in which the late one had the higher probability; an equal one counts
-- half. Tenths of the items, from the least likely to be late to the most.
final as (

    select
        as_of_date,
        scope,
        probability_of,
        late_by,
        cast(ceil(10 * cast(items_up_to_here as double) / cast(items as double)) as integer) as tenth,
        cast(sum(late) as bigint) as late,
        cast(sum(in_time) as bigint) as in_time,
        sum((late + in_time) * probability) as probability_sum,
        cast(sum(late * (2 * in_time_up_to_here - in_time)) as bigint) as pairs_twice
    from ranked
    group by
        as_of_date,
        scope,
        probability_of,
        late_by,
        cast(ceil(10 * cast(items_up_to_here as double) / cast(items as double)) as integer)

)

select * from final

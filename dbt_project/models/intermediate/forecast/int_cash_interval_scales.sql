with

cash as (

    select * from {{ ref('int_cash_forecasts_scored') }}
    where
        week <= 4
        and p90 > from_open_items
        and as_of_date > cast({{ dbt.dateadd('day', -210, as_of_date()) }} as date)

),

-- How far off a week was, where 1 is the interval of independent items.
measured as (

    select
        scope,
        cast(
            cast(abs(cash - from_open_items) as double) * interval_scale / cast(p90 - from_open_items as double)
            as decimal(18, 4)
        ) as distance
    from cash

),

ranked as (

    select
        *,
        row_number() over (partition by scope order by distance asc nulls last) as turn,
        count(*) over (partition by scope) as weeks
    from measured

),

-- An interval that four of five weeks were in. It is widened, never narrowed.
final as (

    select
        scope,
        cast(max(weeks) as integer) as weeks,
        greatest(cast(min(distance) as double), 1) as interval_scale
    from ranked
    where
        weeks >= {{ var('weeks_a_calibration_needs') }}
        and 5 * turn >= 4 * weeks
    group by scope

)

select * from final

with

frozen as (

    select * from {{ ref('frozen_cash_forecasts') }}

),

scored as (

    select * from {{ ref('int_cash_forecasts_scored') }}

),

final as (

    select
        frozen.as_of_date,
        frozen.week,
        frozen.first_date,
        frozen.last_date,
        frozen.level,
        frozen.scope,
        frozen.company_id,
        frozen.segment,
        frozen.currency_code,
        frozen.from_open_items,
        frozen.p10,
        frozen.p90,
        frozen.baseline_from_open_items,
        scored.cash,
        scored.cash between frozen.p10 and frozen.p90 as is_in_interval
    from frozen
    inner join scored
        on
            frozen.as_of_date = scored.as_of_date
            and frozen.week = scored.week
            and frozen.scope = scored.scope

)

select * from final

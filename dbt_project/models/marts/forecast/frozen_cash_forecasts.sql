{%- set period -%}
    cast({{ dbt.dateadd('day', '-(' ~ day_of_week(as_of_date()) ~ ')', as_of_date()) }} as date)
{%- endset -%}

with

forecasts as (

    select * from {{ ref('cash_forecast_weekly') }}
    where from_open_items is not null

),

published as (

    select * from {{ ref('int_published_cash_forecasts') }}

),

-- Frozen on each Monday, or on the first day after it for which something is published.
last_frozen as (

    select coalesce(max(as_of_date), cast('0001-01-01' as date)) as as_of_date
    from published

),

newly_frozen as (

    select
        forecasts.as_of_date,
        forecasts.week,
        forecasts.first_date,
        forecasts.last_date,
        forecasts.level,
        forecasts.scope,
        forecasts.company_id,
        forecasts.segment,
        forecasts.currency_code,
        forecasts.from_open_items,
        forecasts.from_billings_to_come,
        forecasts.p10,
        forecasts.p90,
        forecasts.interval_scale,
        forecasts.interval_basis,
        forecasts.baseline_from_open_items,
        forecasts.without_forecast,
        {{ refreshed_at() }} as frozen_at
    from forecasts
    cross join last_frozen
    where
        last_frozen.as_of_date < {{ period }}
        -- A build of what was known on another day freezes nothing.
        {% if given('known_as_of') %}and 1 = 0{% endif %}

),

final as (

    select * from published
    union all
    select * from newly_frozen

)

select * from final

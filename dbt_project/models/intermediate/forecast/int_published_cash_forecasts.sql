{{ config(materialized='replaced_view') }}

with

published as (

    {{ published_before('frozen_cash_forecasts') }}

),

final as (

    select
        as_of_date,
        week,
        first_date,
        last_date,
        level,
        scope,
        company_id,
        segment,
        currency_code,
        from_open_items,
        from_billings_to_come,
        p10,
        p90,
        interval_scale,
        interval_basis,
        baseline_from_open_items,
        without_forecast,
        frozen_at
    from published
    where as_of_date <= least({{ as_of_date() }}, {{ known_as_of_date() }})

)

select * from final

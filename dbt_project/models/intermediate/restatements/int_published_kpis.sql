with

published as (

    {{ published_before('reported_kpis_monthly') }}

),

final as (

    select
        month_end,
        level,
        scope,
        company_id,
        segment,
        team,
        employee_id,
        kpi_id,
        value,
        numerator,
        denominator,
        reason,
        frozen_at,
        frozen_as_of
    from published
    where frozen_as_of <= least({{ as_of_date() }}, {{ known_as_of_date() }})

)

select * from final

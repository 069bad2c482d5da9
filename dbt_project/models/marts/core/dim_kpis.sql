with

kpi_registry as (

    select * from {{ ref('kpi_registry') }}

),

final as (

    select
        kpi_id,
        kpi_name,
        formula,
        numerator,
        denominator,
        scale,
        unit,
        better_direction,
        source
    from kpi_registry

)

select * from final

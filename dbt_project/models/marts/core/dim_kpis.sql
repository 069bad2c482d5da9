with

kpi_registry as (

    select * from {{ ref('kpi_registry') }}

),

-- The mart, numerator and denominator of each KPI, read from the meta of its column.
made_of as (

    {% for mart, kpi in registered_kpis() -%}
    select
        '{{ kpi.kpi_id }}' as kpi_id,
        '{{ mart }}' as mart,
        '{{ kpi.numerator }}' as numerator_columns,
        '{{ kpi.denominator }}' as denominator_columns
    union all
    {% endfor -%}
    select
        cast(null as string) as kpi_id,
        cast(null as string) as mart,
        cast(null as string) as numerator_columns,
        cast(null as string) as denominator_columns

),

final as (

    select
        kpi_registry.kpi_id,
        kpi_registry.kpi_name,
        kpi_registry.formula,
        kpi_registry.numerator,
        kpi_registry.denominator,
        kpi_registry.scale,
        kpi_registry.unit,
        kpi_registry.better_direction,
        kpi_registry.source,
        made_of.mart,
        made_of.numerator_columns,
        made_of.denominator_columns
    from kpi_registry
    left join made_of on kpi_registry.kpi_id = made_of.kpi_id

)

select * from final

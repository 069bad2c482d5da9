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
        {% for column, text in kpi_texts(mart, kpi).items() -%}
            cast({{ "'" ~ text ~ "'" if text else 'null' }} as string) as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    union all
    {% endfor -%}
    select
        cast(null as string) as kpi_id,
        cast(null as string) as mart,
        {% for column in kpi_texts() -%}
            cast(null as string) as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}

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
        made_of.denominator_columns,
        made_of.numerator_sum,
        made_of.denominator_sum,
        made_of.customers_mart,
        made_of.open_items_mart,
        made_of.parts_numerator,
        made_of.parts_denominator
    from kpi_registry
    left join made_of on kpi_registry.kpi_id = made_of.kpi_id

)

select * from final

with

measures as (

    select * from {{ ref('int_level_measures') }}

),

kpi_registry as (

    select * from {{ ref('kpi_registry') }}

),

-- The marts' own numerators and denominators, of unrounded measures.
stacked as (

    {% for mart in ['dso_monthly', 'cei_monthly', 'delinquency_monthly'] -%}
        {%- for kpi in kpi_columns(mart) if kpi.kpi_id in var('explained_kpis') and kpi.kpi_id != 'dso_countback' -%}
    select
        month_end,
        scope,
        '{{ kpi.kpi_id }}' as kpi_id,
        cast({{ kpi.numerator }} as double) as numerator,
        cast({{ kpi.denominator }} as double) as denominator,
        cast(null as double) as value
    from measures
    union all
    {% endfor -%}
    {%- endfor -%}
    select
        month_end,
        scope,
        'dso_countback' as kpi_id,
        cast(receivables as double) as numerator,
        cast(null as double) as denominator,
        dso_countback as value
    from measures

),

-- What a unit of the numerator comes to: value = numerator x per_unit. Null where the value is.
final as (

    select
        stacked.month_end,
        stacked.scope,
        stacked.kpi_id,
        stacked.numerator,
        stacked.denominator,
        case
            when stacked.kpi_id = 'dso_countback' and stacked.numerator > 0 then stacked.value / stacked.numerator
            when stacked.kpi_id = 'dso_countback' then cast(0 as double)
            when stacked.denominator > 0 then kpi_registry.scale / stacked.denominator
        end as per_unit
    from stacked
    inner join kpi_registry on stacked.kpi_id = kpi_registry.kpi_id

)

select * from final

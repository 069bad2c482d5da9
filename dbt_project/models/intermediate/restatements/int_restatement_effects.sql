with

restated as (

    select * from {{ ref('int_restated_kpis') }}

),

measures as (

    select * from {{ ref('int_restatement_measures') }}

),

-- The marts' own numerators and denominators, of what changed events add to their measures: they are linear in them.
stacked as (

    {% for mart in ['dso_monthly', 'cei_monthly', 'delinquency_monthly'] -%}
        {%- for kpi in kpi_columns(mart) if kpi.kpi_id in var('explained_kpis') and kpi.kpi_id != 'dso_countback' -%}
    select
        month_end,
        scope,
        frozen_at,
        kind,
        '{{ kpi.kpi_id }}' as kpi_id,
        cast({{ kpi.numerator }} as double) as numerator,
        cast({{ kpi.denominator }} as double) as denominator
    from measures
    union all
    {% endfor -%}
    {%- endfor -%}
    select
        month_end,
        scope,
        frozen_at,
        kind,
        'dso_countback' as kpi_id,
        cast(0 as double) as numerator,
        cast(0 as double) as denominator
    from measures

),

touched as (

    select
        restated.month_end,
        restated.scope,
        restated.kpi_id,
        measures.kind,
        measures.changes,
        coalesce(stacked.numerator, 0) as numerator_difference,
        coalesce(stacked.denominator, 0) as denominator_difference
    from restated
    inner join measures
        on
            restated.month_end = measures.month_end
            and restated.scope = measures.scope
            and restated.frozen_at = measures.frozen_at
    left join stacked
        on
            restated.month_end = stacked.month_end
            and restated.scope = stacked.scope
            and restated.frozen_at = stacked.frozen_at
            and restated.kpi_id = stacked.kpi_id
            and measures.kind = stacked.kind

)

select * from touched

with

effects as (

    select * from {{ ref('int_kpi_effects') }}

),

mixes as (

    select * from {{ ref('int_kpi_mixes') }}

),

staffing as (

    select * from {{ ref('int_staffing_effects') }}

),

-- For the portfolio and companies the effects by segments, if the segments can be compared.
combined as (

    select
        effects.month_end,
        effects.level,
        effects.scope,
        effects.company_id,
        effects.segment,
        effects.kpi_id,
        effects.cause,
        effects.value,
        effects.previous_value,
        case when mixes.scope is null then effects.effect else mixes.effect end as effect,
        case when mixes.scope is not null then mixes.total_mix_effect when effects.effect is not null then 0 end as mix
    from effects
    left join mixes
        on
            effects.month_end = mixes.month_end
            and effects.scope = mixes.scope
            and effects.kpi_id = mixes.kpi_id
            and effects.cause = mixes.cause

),

stacked as (

    select
        month_end,
        level,
        scope,
        company_id,
        segment,
        cast(null as string) as team,
        cast(null as string) as employee_id,
        kpi_id,
        max(previous_value) as previous_value,
        max(value) as value,
        {% for cause in var('kpi_causes') -%}
            sum(case when cause = '{{ cause }}' then effect end) as {{ cause }},
        {% endfor -%}
        max(mix) as mix,
        max(case when effect is not null then 0 end) as staffing
    from combined
    group by
        month_end,
        level,
        scope,
        company_id,
        segment,
        kpi_id
    union all
    select
        month_end,
        level,
        scope,
        cast(null as string) as company_id,
        cast(null as string) as segment,
        team,
        employee_id,
        kpi_id,
        previous_value,
        value,
        {% for cause in var('kpi_causes') -%}
            {{ 'new_sales' if cause == 'new_sales' else 'case when staffing is not null then 0 end' }} as {{ cause }},
        {% endfor -%}
        case when staffing is not null then 0 end as mix,
        staffing
    from staffing

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
        cast(previous_value as double) as previous_value,
        cast(value as double) as value,
        cast(value - previous_value as double) as value_change,
        {% for cause in var('kpi_causes') -%}
            cast({{ cause }} as double) as {{ cause }},
        {% endfor -%}
        cast(mix as double) as mix,
        cast(staffing as double) as staffing,
        case
            when value is null then 'no_value'
            when previous_value is null then 'no_previous_value'
        end as reason
    from stacked

)

select * from final

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

),

explained as (

    select
        month_end,
        scope,
        kpi_id,
        {% for part in ['numerator', 'denominator'] -%}
            {% for kind in var('restatement_kinds') -%}
                sum(case when kind = '{{ kind }}' then {{ part }}_difference else 0 end)
                {%- if not loop.last %} + {% endif -%}
            {%- endfor %} as {{ part }}_explained{% if not loop.last %},{% endif %}
        {% endfor %}
    from touched
    group by
        month_end,
        scope,
        kpi_id

),

-- What is no event's: exchange rates, who belongs to which segment, staff, definitions; and what is no sum of amounts.
remaining as (

    select
        restated.month_end,
        restated.scope,
        restated.kpi_id,
        {% for part in ['numerator', 'denominator'] -%}
            case
                when
                    abs(restated.{{ part }}_difference - coalesce(explained.{{ part }}_explained, 0))
                    > restated.{{ part }}_noise
                    then restated.{{ part }}_difference - coalesce(explained.{{ part }}_explained, 0)
                else 0
            end as {{ part }}_difference{% if not loop.last %},{% endif %}
        {% endfor %}
    from restated
    left join explained
        on
            restated.month_end = explained.month_end
            and restated.scope = explained.scope
            and restated.kpi_id = explained.kpi_id

),

other as (

    select * from remaining
    where numerator_difference <> 0 or denominator_difference <> 0

),

-- Events that changed none of a KPI's sums are left out, unless it has more than sums: then they may be why.
final as (

    select
        touched.month_end,
        touched.scope,
        touched.kpi_id,
        touched.kind,
        touched.numerator_difference,
        touched.denominator_difference,
        cast(touched.changes as bigint) as changes
    from touched
    left join other
        on
            touched.month_end = other.month_end
            and touched.scope = other.scope
            and touched.kpi_id = other.kpi_id
    where
        touched.changes > 0
        and (touched.numerator_difference <> 0 or touched.denominator_difference <> 0 or other.kpi_id is not null)
    union all
    select
        month_end,
        scope,
        kpi_id,
        'other' as kind,
        numerator_difference,
        denominator_difference,
        cast(0 as bigint) as changes
    from other

)

select * from final

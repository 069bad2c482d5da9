with

restated as (

    select * from {{ ref('restated_kpis') }}

),

touched as (

    select * from {{ ref('int_restatement_effects') }}

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

-- The rest that no event explains: exchange rates, staff, definitions, and KPIs that are no sums of amounts.
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

kinds as (

    select
        touched.month_end,
        touched.scope,
        touched.kpi_id,
        touched.kind,
        touched.numerator_difference,
        touched.denominator_difference,
        cast(touched.changes as bigint) as changes,
        abs(touched.numerator_difference) > restated.numerator_noise
        or abs(touched.denominator_difference) > restated.denominator_noise as is_counted,
        other.kpi_id is not null as may_be_why
    from touched
    inner join restated
        on
            touched.month_end = restated.month_end
            and touched.scope = restated.scope
            and touched.kpi_id = restated.kpi_id
    left join other
        on
            touched.month_end = other.month_end
            and touched.scope = other.scope
            and touched.kpi_id = other.kpi_id
    where touched.changes > 0

),

-- Events that change none of a KPI's sums are left out, unless the KPI also depends on something else, which they may
-- have changed.
final as (

    select
        month_end,
        scope,
        kpi_id,
        kind,
        numerator_difference,
        denominator_difference,
        changes,
        is_counted
    from kinds
    where is_counted or may_be_why
    union all
    select
        month_end,
        scope,
        kpi_id,
        'other' as kind,
        numerator_difference,
        denominator_difference,
        cast(0 as bigint) as changes,
        true as is_counted
    from other

)

select * from final

{#- The portfolio and each company consist of segments. There a cause counts with each segment's share of the
    denominator; the effect of changes of these shares is the mix. -#}
with

effects as (

    select * from {{ ref('int_kpi_effects') }}

),

-- The rows of each segment, with the scope that the segment is a part of.
parts as (

    select
        *,
        case when level = 'segment' then 'portfolio' else 'company:' || company_id end as whole_scope
    from effects
    where
        level in ('segment', 'company_segment')
        and kpi_id <> 'dso_countback'

),

-- A segment with a numerator but without a positive denominator has no value that could be weighted: then there is no
-- mix effect for the scope.
weighed as (

    select
        parts.month_end,
        wholes.scope,
        wholes.level,
        parts.kpi_id,
        parts.cause,
        parts.effect,
        parts.value,
        parts.previous_value,
        parts.denominator / wholes.denominator as weight,
        parts.previous_denominator / wholes.previous_denominator as previous_weight,
        case
            when parts.denominator > 0 and parts.previous_denominator > 0 then 1
            when
                parts.denominator = 0 and parts.previous_denominator = 0
                and parts.numerator = 0 and parts.previous_numerator = 0
                then 1
            else 0
        end as is_comparable
    from parts
    inner join effects as wholes
        on
            parts.month_end = wholes.month_end
            and parts.whole_scope = wholes.scope
            and parts.kpi_id = wholes.kpi_id
            and parts.cause = wholes.cause
    where wholes.denominator > 0 and wholes.previous_denominator > 0

),

-- As decimals, because a sum of doubles depends on the order in which an engine adds them.
final as (

    select
        month_end,
        scope,
        kpi_id,
        cause,
        cast(sum(cast(effect * (weight + previous_weight) / 2 as decimal(38, 18))) as double) as effect,
        cast(sum(cast((weight - previous_weight) * (value + previous_value) / 2 as decimal(38, 18))) as double)
            as total_mix_effect
    from weighed
    group by
        month_end,
        scope,
        kpi_id,
        cause
    having min(is_comparable) = 1

)

select * from final

with

restated as (

    select * from {{ ref('restated_kpis') }}

),

causes as (

    select * from {{ ref('restatement_kinds') }}

),

items as (

    select * from {{ ref('int_restatement_items') }}

),

named as (

    select
        month_end,
        frozen_at,
        scope,
        kind,
        max(case when item_rank = 1 then item_text end)
        || coalesce(', ' || max(case when item_rank = 2 then item_text end), '')
        || coalesce(', ' || max(case when item_rank = 3 then item_text end), '') as largest_items
    from items
    group by month_end, frozen_at, scope, kind

),

-- The text of each cause. The cause that changed the figure most comes first. Causes without events, such as exchange
-- rates, have no items. For a cause that changes no sum, the items are named as a possible reason.
described as (

    select
        causes.month_end,
        causes.scope,
        causes.kpi_id,
        case
            when causes.kind = 'other' and restated.restated_reason = 'no_such_level'
                then 'other: there is no such level any more'
            when causes.kind = 'other' and restated.reported_reason = 'no_such_level'
                then 'other: there was no such level then'
            when causes.kind = 'other' then 'other: rates, staff, definitions, or what is no sum of amounts'
            else replace(causes.kind, '_', ' ') || coalesce(': ' || named.largest_items, '')
        end as cause_text,
        row_number() over (
            partition by causes.month_end, causes.scope, causes.kpi_id
            order by
                abs(causes.numerator_difference) + abs(causes.denominator_difference) desc nulls last,
                causes.kind asc nulls last
        ) as cause_rank
    from causes
    inner join restated
        on
            causes.month_end = restated.month_end
            and causes.scope = restated.scope
            and causes.kpi_id = restated.kpi_id
    left join named
        on
            causes.month_end = named.month_end
            and restated.frozen_at = named.frozen_at
            and causes.scope = named.scope
            and causes.kind = named.kind
    where causes.is_counted or named.kind is not null

),

worded as (

    select
        month_end,
        scope,
        kpi_id,
        max(case when cause_rank = 1 then cause_text end)
        {% for _ in var('restatement_kinds') -%}
            || coalesce('; ' || max(case when cause_rank = {{ loop.index + 1 }} then cause_text end), '')
            {%- if loop.last %} as cause{% endif %}
        {% endfor %}
    from described
    group by month_end, scope, kpi_id

),

final as (

    select
        restated.month_end,
        restated.level,
        restated.scope,
        restated.company_id,
        restated.segment,
        restated.team,
        restated.employee_id,
        restated.kpi_id,
        restated.reported_value,
        restated.restated_value,
        restated.difference,
        restated.reported_numerator,
        restated.restated_numerator,
        restated.numerator_difference,
        restated.reported_denominator,
        restated.restated_denominator,
        restated.denominator_difference,
        restated.reported_reason,
        restated.restated_reason,
        restated.frozen_at,
        coalesce(worded.cause, 'the reason a value is missing') as cause
    from restated
    left join worded
        on
            restated.month_end = worded.month_end
            and restated.scope = worded.scope
            and restated.kpi_id = worded.kpi_id

)

select * from final

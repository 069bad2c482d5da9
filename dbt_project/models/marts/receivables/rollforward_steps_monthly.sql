{{ config(materialized='replaced_view') }}

with

months as (

    select * from {{ ref('receivables_rollforward_monthly') }}

),

event_types as (

    select * from {{ ref('dim_event_types') }}

),

directions as (

    select
        movement,
        max(direction) as direction
    from event_types
    group by movement

),

-- The difference by exchange rates has its own sign.
steps as (

    {% for movement in var('movements') -%}
        select
            month_end,
            scope,
            company_id,
            segment,
            '{{ movement }}' as step,
            {{ movement }} as amount
        from months
        union all
    {% endfor -%}
    select
        month_end,
        scope,
        company_id,
        segment,
        'fx_difference' as step,
        fx_difference as amount
    from months

),

final as (

    select
        steps.month_end,
        steps.scope,
        steps.company_id,
        steps.segment,
        steps.step,
        cast(coalesce(directions.direction, 1) * steps.amount as decimal(18, 4)) as receivables_change
    from steps
    left join directions on steps.step = directions.movement

)

select * from final

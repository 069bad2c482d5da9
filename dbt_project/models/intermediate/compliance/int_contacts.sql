{{
    config(
        materialized='incremental',
        pre_hook="{{ forget(is_named_in(ref('int_touched_activities'), 'activity_id')) }}"
    )
}}

with

activities as (

    select * from {{ ref('int_activities') }}
    where
        cast(occurred_at as date) <= {{ as_of_date() }}
        {% if increments() -%}
            and {{ is_named_in(ref('int_touched_activities'), 'activity_id') }}
        {%- endif %}

),

customers as (

    select * from {{ ref('int_customers') }}

),

outcomes as (

    select * from {{ ref('activity_outcomes') }}

),

placements as (

    select * from {{ ref('int_placements') }}

),

spells as (

    select * from {{ ref('int_placed_customers') }}

),

-- A contact that names no invoice may be about any: it counts as the agency's while the customer had one placed.
placed_contacts as (

    select activities.activity_id
    from activities
    inner join placements
        on
            activities.invoice_id = placements.invoice_id
            and cast(activities.occurred_at as date) >= placements.placed_date
            and cast(activities.occurred_at as date) < placements.recalled_date
    union distinct
    select activities.activity_id
    from activities
    inner join spells
        on
            activities.customer_id = spells.customer_id
            and cast(activities.occurred_at as date) >= spells.placed_date
            and cast(activities.occurred_at as date) < spells.recalled_date
    where activities.invoice_id is null

),

final as (

    select
        activities.activity_id,
        activities.occurred_at,
        cast(activities.occurred_at as date) as day_utc,
        activities.customer_id,
        activities.employee_id,
        activities.invoice_id,
        coalesce(activities.invoice_id, '') as debt_id,
        activities.channel,
        activities.direction,
        activities.outcome,
        coalesce(outcomes.is_right_party, false) as is_right_party,
        -- Somebody else on the line is no conversation with the person.
        coalesce(activities.is_conversation, true) and coalesce(outcomes.is_right_party, false) as is_conversation,
        activities.notice_type,
        activities.has_opt_out_text,
        customers.timezones,
        case when customers.is_consumer and placed_contacts.activity_id is not null then 'law' else 'policy' end
            as basis
    from activities
    inner join customers on activities.customer_id = customers.customer_id
    left join outcomes on activities.outcome = outcomes.outcome
    left join placed_contacts on activities.activity_id = placed_contacts.activity_id

)

select * from final

with

activities as (

    select * from {{ ref('int_activities') }}
    where cast(occurred_at as date) <= {{ as_of_date() }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

outcomes as (

    select * from {{ ref('activity_outcomes') }}

),

placements as (

    select * from {{ ref('stg_collections__placements') }}

),

invoices as (

    select * from {{ ref('stg_ar__invoices') }}

),

-- A contact that names no invoice may be about any: it counts as the agency's while the customer had one placed.
placed_customers as (

    select
        invoices.customer_id,
        min(placements.placed_date) as first_placed_date,
        max(placements.recalled_date) as last_recalled_date,
        max(case when placements.recalled_date is null then 1 else 0 end) as is_still_placed
    from placements
    inner join invoices on placements.invoice_id = invoices.invoice_id
    group by invoices.customer_id

),

placed_contacts as (

    select activities.activity_id
    from activities
    inner join placements
        on
            activities.invoice_id = placements.invoice_id
            and cast(activities.occurred_at as date) >= placements.placed_date
            and cast(activities.occurred_at as date) < coalesce(placements.recalled_date, cast('9999-12-31' as date))
    union distinct
    select activities.activity_id
    from activities
    inner join placed_customers on activities.customer_id = placed_customers.customer_id
    where
        activities.invoice_id is null
        and cast(activities.occurred_at as date) >= placed_customers.first_placed_date
        and (
            placed_customers.is_still_placed = 1
            or cast(activities.occurred_at as date) < placed_customers.last_recalled_date
        )

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

{{ config(materialized='incremental', unique_key='activity_id') }}

with

activities as (

    select
        *,
        cast(occurred_at as date) as day_utc
    from {{ ref('int_activities') }}
    where
        cast(occurred_at as date) <= {{ as_of_date() }}
        and {{ this_run(ref('int_activities_this_run'), 'activity_id') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

outcomes as (

    select * from {{ ref('activity_outcomes') }}

),

-- The days of a placement: from its day to the day before it was recalled. A placement of an unknown invoice waits in
-- quarantine.
placements as (

    select
        invoices.invoice_id,
        invoices.customer_id,
        placements.placed_date,
        coalesce(placements.recalled_date, cast('9999-12-31' as date)) as recalled_date
    from {{ ref('stg_collections__placements') }} as placements
    inner join {{ ref('int_invoices') }} as invoices on placements.invoice_id = invoices.invoice_id

),

-- Zones with a known offset first.
zone_times as (

    select
        *,
        row_number() over (
            partition by activity_id
            order by case when local_date is null then 1 else 0 end asc nulls last, zone_number asc nulls last
        ) as place
    from {{ ref('int_contact_zone_times') }}

),

-- A contact that names no invoice may be about any of the customer's: it counts as the agency's if one of them was
-- placed on that day.
placed_contacts as (

    {% for about in ['invoice_id', 'customer_id'] -%}
        select activities.activity_id
        from activities
        inner join placements
            on
                activities.{{ about }} = placements.{{ about }}
                and activities.day_utc >= placements.placed_date
                and activities.day_utc < placements.recalled_date
        {% if not loop.last -%}
            union distinct
        {% else -%}
            where activities.invoice_id is null
        {% endif -%}
    {% endfor %}

),

-- The contact's day is that of the first zone with a known offset.
local_times as (

    select
        activity_id,
        min(case when place = 1 then local_date end) as local_date,
        count(*) as zone_count,
        min(case when local_date is null then zone_name end) as unknown_zone,
        min(case when is_inconvenient then zone_name end) as inconvenient_zone
    from zone_times
    group by activity_id

),

final as (

    select
        activities.activity_id,
        activities.occurred_at,
        activities.day_utc,
        coalesce(local_times.local_date, activities.day_utc) as contact_date,
        activities.customer_id,
        activities.employee_id,
        activities.invoice_id,
        coalesce(activities.invoice_id, '') as debt_id,
        activities.channel,
        activities.direction,
        activities.outcome,
        coalesce(outcomes.is_right_party, false) as is_right_party,
        -- A conversation with somebody else is not one with the right party.
        coalesce(activities.is_conversation, true) and coalesce(outcomes.is_right_party, false)
            as is_right_party_conversation,
        activities.notice_type,
        activities.has_opt_out_text,
        customers.timezones,
        coalesce(local_times.zone_count, 0) as zone_count,
        local_times.unknown_zone,
        local_times.inconvenient_zone,
        case when customers.is_consumer and placed_contacts.activity_id is not null then 'law' else 'policy' end
            as basis
    from activities
    inner join customers on activities.customer_id = customers.customer_id
    left join outcomes on activities.outcome = outcomes.outcome
    left join placed_contacts on activities.activity_id = placed_contacts.activity_id
    left join local_times on activities.activity_id = local_times.activity_id

)

select * from final

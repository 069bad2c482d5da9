{{ config(materialized='incremental', unique_key='activity_id') }}

with

activities as (

    select * from {{ ref('int_activities') }}
    where
        cast(occurred_at as date) <= {{ as_of_date() }}
        and {{ this_run(ref('int_activities_this_run'), 'activity_id') }}

),

outcomes as (

    select * from {{ ref('activity_outcomes') }}

),

final as (

    select
        activities.activity_id,
        activities.occurred_at,
        cast(activities.occurred_at as date) as activity_date,
        activities.customer_id,
        activities.employee_id,
        activities.invoice_id,
        activities.case_id,
        activities.channel,
        activities.direction,
        case
            when outcomes.outcome is not null then activities.outcome
            when activities.outcome is not null then '***'
        end as outcome,
        outcomes.is_connected,
        outcomes.is_right_party,
        outcomes.is_promise,
        outcomes.is_payment,
        outcomes.is_resolution,
        coalesce(activities.is_conversation, outcomes.is_right_party) as is_conversation,
        activities.duration_seconds,
        activities.notice_type,
        activities.has_opt_out_text
    from activities
    left join outcomes on activities.outcome = outcomes.outcome

)

select * from final

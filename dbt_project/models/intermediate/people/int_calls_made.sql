with

activities as (

    select * from {{ ref('int_activities') }}
    where
        channel = 'phone'
        and direction = 'outbound'
        and cast(occurred_at as date) <= {{ as_of_date() }}

),

outcomes as (

    select * from {{ ref('activity_outcomes') }}

),

final as (

    select
        activities.activity_id,
        cast(activities.occurred_at as date) as date_day,
        activities.employee_id,
        case when outcomes.is_right_party then 1 else 0 end as right_party_contact
    from activities
    left join outcomes on activities.outcome = outcomes.outcome

)

select * from final

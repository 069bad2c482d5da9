with

activities as (

    select * from {{ ref('int_activities') }}
    where cast(occurred_at as date) <= {{ as_of_date() }}

),

last_times as (

    select
        customer_id,
        max(occurred_at) as occurred_at
    from activities
    group by customer_id

),

-- Of several at one time the one with the highest id.
ranked as (

    select
        activities.*,
        row_number() over (
            partition by activities.customer_id order by activities.activity_id desc nulls last
        ) as recency
    from activities
    inner join last_times
        on
            activities.customer_id = last_times.customer_id
            and activities.occurred_at = last_times.occurred_at

),

final as (

    select
        customer_id,
        cast(occurred_at as date) as contact_date,
        channel,
        direction,
        outcome
    from ranked
    where recency = 1

)

select * from final

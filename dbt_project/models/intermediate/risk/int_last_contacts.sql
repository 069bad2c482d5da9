with

activities as (

    select * from {{ ref('int_activities') }}
    where cast(occurred_at as date) <= {{ as_of_date() }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id order by occurred_at desc nulls last, activity_id desc nulls last
        ) as recency
    from activities

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

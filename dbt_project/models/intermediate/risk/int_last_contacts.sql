with

activities as (

    select * from {{ ref('int_activities') }}
    where cast(occurred_at as date) <= {{ as_of_date() }}

),

outcomes as (

    select * from {{ ref('activity_outcomes') }}

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

-- A word that isn't mapped may be anything somebody wrote.
final as (

    select
        ranked.customer_id,
        cast(ranked.occurred_at as date) as contact_date,
        ranked.channel,
        ranked.direction,
        case
            when outcomes.outcome is not null then ranked.outcome
            when ranked.outcome is not null then '***'
        end as outcome
    from ranked
    left join outcomes on ranked.outcome = outcomes.outcome
    where ranked.recency = 1

)

select * from final

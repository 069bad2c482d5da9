with

episodes as (

    select * from {{ ref('int_past_due_episodes') }}

),

calls as (

    select
        activity_id,
        customer_id,
        occurred_at,
        cast(occurred_at as date) as call_date
    from {{ ref('int_activities') }}
    where
        channel = 'phone'
        and direction = 'outbound'
        and cast(occurred_at as date) <= {{ as_of_date() }}

),

reversed as (

    select
        item_id,
        sum(amount) as amount
    from {{ ref('int_refunds_and_reversals') }}
    where
        table_name = 'reversals'
        and effective_date <= {{ as_of_date() }}
    group by item_id

),

-- A receipt that was reversed completely, at once or in parts, is not a payment.
receipts as (

    select
        credit_items.customer_id,
        credit_items.item_date
    from {{ ref('int_credit_items') }} as credit_items
    left join reversed on credit_items.item_id = reversed.item_id
    where
        credit_items.item_type = 'receipt'
        and credit_items.item_date <= {{ as_of_date() }}
        and (credit_items.ended_date is null or credit_items.ended_date > {{ as_of_date() }})
        and credit_items.amount > coalesce(reversed.amount, 0)

),

-- The calls of an episode in their order, each with the date of the next one. The day on which the debt is settled
-- belongs to the episode, because a customer who is called and pays on the same day was called. No other episode begins
-- on that day.
ordered as (

    select
        episodes.customer_id,
        episodes.started_on,
        calls.call_date,
        row_number() over (
            partition by episodes.customer_id, episodes.started_on
            order by calls.occurred_at asc nulls last, calls.activity_id asc nulls last
        ) as call_number,
        lead(calls.call_date) over (
            partition by episodes.customer_id, episodes.started_on
            order by calls.occurred_at asc nulls last, calls.activity_id asc nulls last
        ) as second_call_date
    from episodes
    inner join calls
        on
            episodes.customer_id = calls.customer_id
            and episodes.started_on <= calls.call_date
            and (episodes.ended_on is null or episodes.ended_on >= calls.call_date)

),

first_calls as (

    select
        customer_id,
        started_on,
        call_date,
        second_call_date,
        cast({{ dbt.dateadd('day', var('call_payment_days'), 'call_date') }} as date) as last_date
    from ordered
    where call_number = 1

),

paid as (

    select
        first_calls.customer_id,
        first_calls.started_on
    from first_calls
    inner join receipts
        on
            first_calls.customer_id = receipts.customer_id
            and receipts.item_date between first_calls.call_date and first_calls.last_date
            and (first_calls.second_call_date is null or first_calls.second_call_date > receipts.item_date)
    group by
        first_calls.customer_id,
        first_calls.started_on

),

final as (

    select
        first_calls.customer_id,
        first_calls.started_on,
        first_calls.call_date,
        paid.customer_id is not null as is_resolved
    from first_calls
    left join paid
        on
            first_calls.customer_id = paid.customer_id
            and first_calls.started_on = paid.started_on

)

select * from final

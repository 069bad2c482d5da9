with

ledger as (

    select * from {{ ref('int_ledger') }}
    where
        item_type = 'invoice'
        and due_date is not null

),

-- A change counts as past due from its own day or from the day after the due date, whichever is later.
changed as (

    select
        customer_id,
        case
            when effective_date > due_date then effective_date
            else cast({{ dbt.dateadd('day', 1, 'due_date') }} as date)
        end as date_day,
        amount
    from ledger

),

daily as (

    select
        customer_id,
        date_day,
        sum(amount) as past_due_change
    from changed
    where date_day <= {{ as_of_date() }}
    group by
        customer_id,
        date_day

),

summed_up as (

    select
        customer_id,
        date_day,
        sum(past_due_change) over (
            partition by customer_id order by date_day asc nulls last rows between unbounded preceding and current row
        ) as past_due
    from daily

),

-- The days on which a customer becomes past due after not being so, and on which it stops being so.
turned as (

    select
        customer_id,
        date_day,
        past_due > 0 as is_past_due,
        coalesce(
            lag(past_due) over (partition by customer_id order by date_day asc nulls last), 0
        ) > 0 as was_past_due
    from summed_up

),

turns as (

    select
        customer_id,
        date_day,
        is_past_due,
        lead(date_day) over (partition by customer_id order by date_day asc nulls last) as next_turn
    from turned
    where is_past_due <> was_past_due

),

final as (

    select
        customer_id,
        date_day as started_on,
        next_turn as ended_on
    from turns
    where is_past_due

)

select * from final

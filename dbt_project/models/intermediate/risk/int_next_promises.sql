with

-- Open: made, not cancelled, and its grace is not over; from then on it is kept or broken (int_promises_kept).
promises as (

    select * from {{ ref('int_promises') }}
    where
        made_date <= {{ as_of_date() }}
        and cast({{ dbt.dateadd('day', var('promise_grace_days'), 'due_date') }} as date) > {{ as_of_date() }}
        and (cancelled_date is null or cancelled_date > {{ as_of_date() }})

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}
    where date_day = {{ as_of_date() }}

),

-- What is promised for one day is one expectation, in whatever parts and currencies.
summed as (

    select
        promises.customer_id,
        promises.due_date,
        sum(promises.amount * rates.rate) as amount
    from promises
    left join rates on promises.currency_code = rates.currency_code
    group by
        promises.customer_id,
        promises.due_date

),

ranked as (

    select
        *,
        row_number() over (partition by customer_id order by due_date asc nulls last) as turn
    from summed

),

final as (

    select
        customer_id,
        due_date,
        amount
    from ranked
    where turn = 1

)

select * from final

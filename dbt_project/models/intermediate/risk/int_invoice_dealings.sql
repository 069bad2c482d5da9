with

disputes as (

    select * from {{ ref('int_disputes') }}
    where closed_date is null

),

promises as (

    select * from {{ ref('int_open_promises') }}
    where invoice_id is not null

),

ranked_disputes as (

    select
        *,
        row_number() over (
            partition by invoice_id order by opened_date asc nulls last, dispute_id asc nulls last
        ) as turn
    from disputes

),

-- Of several open disputes the oldest is shown, and what all of them are about.
disputed as (

    select
        invoice_id,
        max(case when turn = 1 then dispute_id end) as dispute_id,
        min(opened_date) as disputed_since,
        sum(amount) as disputed_amount
    from ranked_disputes
    group by invoice_id

),

-- What is promised for one day is one expectation.
expectations as (

    select
        invoice_id,
        due_date,
        -- A promise without a rate makes the sum unknown, not smaller.
        case when count(*) = count(amount_reporting) then sum(amount_reporting) end as amount,
        row_number() over (partition by invoice_id order by due_date asc nulls last) as turn
    from promises
    group by invoice_id, due_date

),

promised as (

    select * from expectations
    where turn = 1

),

final as (

    select
        coalesce(disputed.invoice_id, promised.invoice_id) as invoice_id,
        disputed.dispute_id,
        disputed.disputed_since,
        disputed.disputed_amount,
        promised.due_date as next_promise_date,
        promised.amount as next_promise_amount
    from disputed
    full outer join promised on disputed.invoice_id = promised.invoice_id

)

select * from final

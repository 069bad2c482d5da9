with

disputes as (

    select * from {{ ref('int_dispute_spells') }}
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

-- If several disputes are open, the id and day are those of the oldest, the amount is the sum of all.
disputed as (

    select
        invoice_id,
        max(case when turn = 1 then dispute_id end) as dispute_id,
        min(opened_date) as disputed_since,
        sum(amount) as disputed_amount
    from ranked_disputes
    group by invoice_id

),

-- All promises for one day are added up.
expectations as (

    select
        invoice_id,
        due_date,
        -- If one promise has no rate, the sum is unknown.
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

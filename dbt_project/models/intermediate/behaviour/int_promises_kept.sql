{{ config(materialized='incremental', unique_key=['pool_id', 'currency_code']) }}

with

queued as (

    select * from {{ ref('int_promise_queue') }}
    where {{ this_run(ref('int_pools_this_run'), ['pool_id', 'currency_code']) }}

),

turns as (

    select * from {{ ref('int_promise_turns') }}

),

cash as (

    select * from {{ ref('int_cash_units') }}

),

settled as (

    select promise_id from {{ ref('int_promises_settled') }}
    where unsettled_amount <= 0

),

paid as (

    select
        turns.pool_id,
        turns.currency_code,
        turns.turn,
        sum(turns.amount_used) as amount,
        max(cash.received_date) as received_date,
        case when count(cash.applied_date) = count(*) then max(cash.applied_date) end as applied_date
    from turns
    inner join cash on turns.unit_id = cash.unit_id
    group by
        turns.pool_id,
        turns.currency_code,
        turns.turn

),

-- A promise is kept if cash covers it, or if cash settles the invoice it names together with discounts and credits;
-- then all of it counts as kept.
decided as (

    select
        queued.*,
        coalesce(paid.amount, 0) as amount_paid,
        paid.received_date,
        paid.applied_date,
        case
            when paid.amount >= queued.amount then 'cash'
            when paid.amount > 0 and settled.promise_id is not null then 'settlement'
        end as kept_by
    from queued
    left join paid
        on
            queued.pool_id = paid.pool_id
            and queued.currency_code = paid.currency_code
            and queued.turn = paid.turn
    left join settled on queued.promise_id = settled.promise_id

),

final as (

    select
        promise_id,
        pool_id,
        customer_id,
        employee_id,
        currency_code,
        due_date,
        amount,
        cast(amount_paid as decimal(18, 4)) as amount_paid,
        cast(case when kept_by is null then amount_paid else amount end as decimal(18, 4)) as amount_kept,
        kept_by is not null as is_kept,
        kept_by,
        received_date,
        applied_date
    from decided

)

select * from final

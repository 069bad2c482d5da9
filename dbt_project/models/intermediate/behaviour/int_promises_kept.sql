{{ config(materialized='incremental', pre_hook="{{ forget(is_of_a_pool(ref('int_changed_pools'))) }}") }}

with

queued as (

    select * from {{ ref('int_promise_queue') }}
    {% if increments() -%}
        where {{ is_of_a_pool(ref('int_changed_pools')) }}
    {%- endif %}

),

turns as (

    select * from {{ ref('int_promise_turns') }}

),

kept as (

    select
        pool_id,
        currency_code,
        turn,
        sum(amount_used) as amount_kept
    from turns
    group by
        pool_id,
        currency_code,
        turn

),

final as (

    select
        queued.promise_id,
        queued.pool_id,
        queued.customer_id,
        queued.employee_id,
        queued.currency_code,
        queued.due_date,
        queued.amount,
        cast(coalesce(kept.amount_kept, 0) as decimal(18, 4)) as amount_kept,
        coalesce(kept.amount_kept, 0) >= queued.amount as is_kept
    from queued
    left join kept
        on
            queued.pool_id = kept.pool_id
            and queued.currency_code = kept.currency_code
            and queued.turn = kept.turn

)

select * from final

with

promises as (

    select * from {{ ref('int_promises_matured') }}

),

pools as (

    select * from {{ ref('int_promise_pools') }}

),

-- Promises of a pool have their turn by due date, whoever made them.
final as (

    select
        promises.promise_id,
        promises.customer_id,
        promises.employee_id,
        promises.currency_code,
        promises.invoice_id,
        promises.made_date,
        promises.due_date,
        promises.last_date,
        promises.amount,
        pools.pool_id,
        row_number() over (
            partition by pools.pool_id, promises.currency_code
            order by
                promises.due_date asc nulls last, promises.made_date asc nulls last, promises.promise_id asc nulls last
        ) as turn
    from promises
    inner join pools
        on
            promises.claimed_by = pools.claimed_by
            and promises.currency_code = pools.currency_code

)

select * from final

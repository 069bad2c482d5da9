with

promises as (

    select * from {{ ref('int_promises') }}
    where made_date <= {{ as_of_date() }}

),

final as (

    select
        promises.promise_id,
        promises.customer_id,
        promises.invoice_id,
        promises.activity_id,
        promises.employee_id,
        promises.made_date,
        promises.due_date,
        promises.amount,
        promises.currency_code,
        case when promises.cancelled_date <= {{ as_of_date() }} then promises.cancelled_date end as cancelled_date
    from promises

)

select * from final

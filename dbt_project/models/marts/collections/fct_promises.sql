with

promises as (

    select * from {{ ref('int_promises') }}
    where made_date <= {{ as_of_date() }}

),

-- Promises that matured by the as-of day and were not cancelled.
fell_due as (

    select * from {{ ref('int_promises_due') }}

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
        case when promises.cancelled_date <= {{ as_of_date() }} then promises.cancelled_date end as cancelled_date,
        fell_due.is_kept,
        cast(fell_due.promised_amount as decimal(18, 4)) as promised_amount,
        cast(fell_due.kept_amount as decimal(18, 4)) as kept_amount,
        cast(fell_due.paid_amount as decimal(18, 4)) as paid_amount,
        fell_due.kept_by,
        fell_due.received_date,
        fell_due.applied_date,
        cast({{ dbt.datediff('promises.due_date', 'fell_due.received_date', 'day') }} as integer) as days_late_received,
        cast({{ dbt.datediff('promises.due_date', 'fell_due.applied_date', 'day') }} as integer) as days_late
    from promises
    left join fell_due on promises.promise_id = fell_due.promise_id

)

select * from final

with

active_customers as (

    select * from {{ ref('int_active_customers_monthly') }}

),

workload as (

    select * from {{ ref('int_workload_monthly') }}
    where customer_id is not null

),

-- An account has one row for each person who looks after it, and one row if nobody does.
final as (

    select
        active_customers.month_end,
        active_customers.customer_id,
        coalesce('team:' || workload.team || '|employee:' || workload.employee_id, 'nobody') as looked_after_by,
        workload.team,
        workload.employee_id
    from active_customers
    left join workload
        on
            active_customers.month_end = workload.month_end
            and active_customers.customer_id = workload.customer_id
    group by
        active_customers.month_end,
        active_customers.customer_id,
        workload.team,
        workload.employee_id

)

select * from final

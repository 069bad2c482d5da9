with

active_customers as (

    select * from {{ ref('int_active_customers_monthly') }}

),

workload as (

    select * from {{ ref('int_workload_monthly') }}
    where customer_id is not null

),

months as (

    select * from {{ ref('int_months') }}

),

neighbours as (

    select
        active_customers.customer_id,
        active_customers.month_end,
        months.month_number,
        lag(months.month_number) over by_month as previous_number,
        lead(months.month_number) over by_month as next_number
    from active_customers
    inner join months on active_customers.month_end = months.month_end
    window
        by_month as (partition by active_customers.customer_id order by months.month_number asc nulls last)

),

-- An account that was not active in the month before counts in its month (1); one that is active no longer, in the
-- month after (-1).
changed as (

    select
        customer_id,
        month_end as assigned_month_end,
        month_number,
        1 as active_accounts_change
    from neighbours
    where coalesce(previous_number, -1) <> month_number - 1
    union all
    select
        customer_id,
        month_end as assigned_month_end,
        month_number + 1 as month_number,
        -1 as active_accounts_change
    from neighbours
    where coalesce(next_number, -1) <> month_number + 1

),

-- The accounts of each team and employee, each account once.
looked_after as (

    select
        month_end,
        customer_id,
        'team:' || team as scope
    from workload
    union distinct
    select
        month_end,
        customer_id,
        'employee:' || employee_id as scope
    from workload

),

counted as (

    select
        looked_after.scope,
        changed.month_number,
        changed.active_accounts_change
    from changed
    inner join looked_after
        on
            changed.assigned_month_end = looked_after.month_end
            and changed.customer_id = looked_after.customer_id
    union all
    select
        'portfolio' as scope,
        month_number,
        active_accounts_change
    from changed

),

final as (

    select
        counted.scope,
        months.month_end,
        sum(counted.active_accounts_change) as active_accounts_change
    from counted
    inner join months on counted.month_number = months.month_number
    group by
        counted.scope,
        months.month_end

)

select * from final

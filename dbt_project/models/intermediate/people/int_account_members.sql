with

workload as (

    select * from {{ ref('int_workload_levels') }}

),

active_customers as (

    select * from {{ ref('int_active_customers_monthly') }}

),

months as (

    select * from {{ ref('int_months') }}

),

active as (

    select
        month_end,
        count(*) as active_accounts
    from active_customers
    group by month_end

),

-- The portfolio has every active account, assigned or not, and a row in months without staff too.
final as (

    select
        months.month_end,
        'portfolio' as level,
        'portfolio' as scope,
        cast(null as string) as team,
        cast(null as string) as employee_id,
        coalesce(workload.fte_days, 0) as fte_days,
        coalesce(workload.headcount, 0) as headcount,
        coalesce(active.active_accounts, 0) as active_accounts
    from months
    left join active on months.month_end = active.month_end
    left join workload
        on
            months.month_end = workload.month_end
            and workload.level = 'portfolio'
    union all
    select
        month_end,
        level,
        scope,
        team,
        employee_id,
        fte_days,
        headcount,
        assigned_accounts as active_accounts
    from workload
    where level <> 'portfolio'

)

select * from final

with

workload as (

    select * from {{ ref('int_workload_levels') }}

),

spread as (

    select * from {{ ref('int_workload_spread') }}

),

active_customers as (

    select * from {{ ref('int_active_customers_monthly') }}

),

employees as (

    select * from {{ ref('stg_collections__employees') }}

),

months as (

    select * from {{ ref('int_months') }}

),

landed as (

    select count(*) as employee_count from employees

),

active as (

    select
        month_end,
        count(*) as active_accounts
    from active_customers
    group by month_end

),

-- The portfolio has every active account, assigned or not, and a row in months without staff too.
members as (

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

),

measured as (

    select
        members.*,
        months.is_complete,
        landed.employee_count,
        cast(members.fte_days as double) / months.days as average_fte,
        spread.workload_max_to_mean,
        spread.workload_gini
    from members
    inner join months on members.month_end = months.month_end
    cross join landed
    left join spread
        on
            members.month_end = spread.month_end
            and members.scope = spread.scope

),

final as (

    select
        month_end,
        level,
        scope,
        team,
        employee_id,
        cast(active_accounts as bigint) as active_accounts,
        average_fte,
        cast(headcount as bigint) as headcount,
        case when average_fte > 0 then active_accounts / average_fte end as accounts_per_employee,
        case when headcount > 0 then cast(active_accounts as double) / headcount end as accounts_per_head,
        cast(workload_max_to_mean as double) as workload_max_to_mean,
        cast(workload_gini as double) as workload_gini,
        case
            when employee_count = 0 then 'no_data'
            when average_fte <= 0 then 'no_staff'
        end as reason,
        case
            when employee_count = 0 then 'no_data'
            when headcount = 0 then 'no_staff'
        end as reason_per_head,
        is_complete
    from measured

)

select * from final

with

workload as (

    select * from {{ ref('int_workload_monthly') }}

),

active_customers as (

    select * from {{ ref('int_active_customers_monthly') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- Hours and heads once for each person and team, however many accounts they have; the second part adds months without
-- staff.
people as (

    select
        month_end,
        team,
        employee_id,
        max(fte_days) as fte_days,
        max(headcount) as headcount
    from workload
    group by month_end, team, employee_id
    union all
    select
        month_end,
        cast(null as string) as team,
        cast(null as string) as employee_id,
        0 as fte_days,
        0 as headcount
    from months

),

staffed as (

    select
        month_end,
        {{ staff_level_of() }} as level,
        {{ staff_scope_of() }} as scope,
        team,
        employee_id,
        sum(fte_days) as fte_days,
        count(distinct case when headcount = 1 then employee_id end) as headcount
    from people
    group by grouping sets ((month_end), (month_end, team), (month_end, employee_id))
    having
        (grouping(team) = 1 or team is not null)
        and (grouping(employee_id) = 1 or employee_id is not null)

),

-- An account with two owners in a team is one account of the team. The portfolio has all active accounts, assigned or
-- not.
accounts as (

    select
        month_end,
        case when grouping(team) = 0 then 'team:' || team else 'employee:' || employee_id end as scope,
        count(distinct customer_id) as active_accounts
    from workload
    group by grouping sets ((month_end, team), (month_end, employee_id))
    union all
    select
        month_end,
        'portfolio' as scope,
        count(*) as active_accounts
    from active_customers
    group by month_end

),

final as (

    select
        staffed.*,
        coalesce(accounts.active_accounts, 0) as active_accounts
    from staffed
    left join accounts
        on
            staffed.month_end = accounts.month_end
            and staffed.scope = accounts.scope

)

select * from final

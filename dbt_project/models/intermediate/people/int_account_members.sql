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

-- Hours and heads once a person and team, however many accounts they look after.
people as (

    select
        month_end,
        team,
        employee_id,
        max(fte_days) as fte_days,
        max(headcount) as headcount
    from workload
    group by month_end, team, employee_id

),

staffed as (

    select
        month_end,
        case
            when grouping(team) = 0 then 'team:' || team
            when grouping(employee_id) = 0 then 'employee:' || employee_id
            else 'portfolio'
        end as scope,
        team,
        employee_id,
        sum(fte_days) as fte_days,
        count(distinct case when headcount = 1 then employee_id end) as headcount
    from people
    group by grouping sets ((month_end), (month_end, team), (month_end, employee_id))

),

-- An account with two owners in a team is one account of the team; the portfolio has every one, assigned or not.
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

-- The portfolio has a row in months without staff too.
members as (

    select
        month_end,
        'portfolio' as level,
        'portfolio' as scope,
        cast(null as string) as team,
        cast(null as string) as employee_id
    from months
    union all
    select
        month_end,
        case when team is null then 'employee' else 'team' end as level,
        scope,
        team,
        employee_id
    from staffed
    where scope <> 'portfolio'

),

final as (

    select
        members.*,
        coalesce(staffed.fte_days, 0) as fte_days,
        coalesce(staffed.headcount, 0) as headcount,
        coalesce(accounts.active_accounts, 0) as active_accounts
    from members
    left join staffed
        on
            members.month_end = staffed.month_end
            and members.scope = staffed.scope
    left join accounts
        on
            members.month_end = accounts.month_end
            and members.scope = accounts.scope

)

select * from final

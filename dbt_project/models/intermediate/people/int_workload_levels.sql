with

workload as (

    select * from {{ ref('int_workload_monthly') }}

),

levels as (

    select 'portfolio' as level
    union all
    select 'team' as level
    union all
    select 'employee' as level

),

repeated as (

    select
        workload.month_end,
        levels.level,
        case levels.level
            when 'portfolio' then 'portfolio'
            when 'team' then 'team:' || workload.team
            else 'employee:' || workload.employee_id
        end as scope,
        case when levels.level = 'team' then workload.team end as level_team,
        case when levels.level = 'employee' then workload.employee_id end as level_employee_id,
        workload.team,
        workload.employee_id,
        workload.fte_days,
        workload.headcount,
        workload.customer_id
    from workload
    cross join levels

),

-- Hours and heads once a person and team, however many accounts they look after.
people as (

    select
        month_end,
        level,
        scope,
        level_team,
        level_employee_id,
        team,
        employee_id,
        max(fte_days) as fte_days,
        max(headcount) as headcount
    from repeated
    group by
        month_end,
        level,
        scope,
        level_team,
        level_employee_id,
        team,
        employee_id

),

staffed as (

    select
        month_end,
        level,
        scope,
        level_team as team,
        level_employee_id as employee_id,
        sum(fte_days) as fte_days,
        count(distinct case when headcount = 1 then employee_id end) as headcount
    from people
    group by
        month_end,
        level,
        scope,
        level_team,
        level_employee_id

),

-- An account with two owners in a team is one account of the team.
looked_after as (

    select
        month_end,
        scope,
        count(distinct customer_id) as assigned_accounts
    from repeated
    group by
        month_end,
        scope

),

final as (

    select
        staffed.month_end,
        staffed.level,
        staffed.scope,
        staffed.team,
        staffed.employee_id,
        staffed.fte_days,
        staffed.headcount,
        looked_after.assigned_accounts
    from staffed
    inner join looked_after
        on
            staffed.month_end = looked_after.month_end
            and staffed.scope = looked_after.scope

)

select * from final

with

members as (

    select * from {{ ref('int_account_members') }}

),

workload as (

    select * from {{ ref('int_workload_monthly') }}

),

landed as (

    select count(*) as employee_count from {{ ref('stg_collections__employees') }}

),

months as (

    select * from {{ ref('int_months') }}

),

people as (

    select
        month_end,
        team,
        employee_id,
        count(customer_id) as accounts
    from workload
    where headcount = 1
    group by month_end, team, employee_id

),

-- Ranked among all employees, and among the employees of each team.
ranked as (

    {% for scope, members in [("'portfolio'", 'month_end'), ("'team:' || team", 'month_end, team')] -%}
        select
            month_end,
            {{ scope }} as scope,
            accounts,
            row_number() over (partition by {{ members }} order by accounts asc nulls last, employee_id asc nulls last)
                as position
        from people
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Gini coefficient: 0 if everybody has the same number of accounts, near 1 if one person has all of them.
spread as (

    select
        month_end,
        scope,
        cast(sum(accounts) as double) / nullif(count(*), 0) as workload_mean,
        cast(max(accounts) * count(*) as double) / nullif(sum(accounts), 0) as workload_max_to_mean,
        cast(2 * sum(position * accounts) as double) / nullif(count(*) * sum(accounts), 0)
        - cast(count(*) + 1 as double) / count(*) as workload_gini
    from ranked
    group by month_end, scope

),

measured as (

    select
        members.*,
        months.is_complete,
        landed.employee_count,
        cast(members.fte_days as double) / months.days as average_fte,
        spread.workload_mean,
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
        cast(workload_mean as double) as workload_mean,
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
        case
            when workload_gini is not null then null
            when level = 'employee' then 'one_person'
            else 'no_accounts'
        end as reason_spread,
        is_complete
    from measured

)

select * from final

with

workload as (

    select * from {{ ref('int_workload_monthly') }}

),

by_employee as (

    select
        month_end,
        team,
        employee_id,
        count(customer_id) as accounts
    from workload
    where headcount = 1
    group by
        month_end,
        team,
        employee_id

),

-- The spread over everybody, and over each team's own people.
stacked as (

    select
        month_end,
        'portfolio' as scope,
        employee_id,
        accounts
    from by_employee
    union all
    select
        month_end,
        'team:' || team as scope,
        employee_id,
        accounts
    from by_employee

),

ranked as (

    select
        month_end,
        scope,
        accounts,
        row_number() over (
            partition by month_end, scope order by accounts asc nulls last, employee_id asc nulls last
        ) as position
    from stacked

),

summed as (

    select
        month_end,
        scope,
        cast(count(*) as double) as people,
        cast(sum(accounts) as double) as accounts,
        cast(max(accounts) as double) as most_accounts,
        cast(sum(position * accounts) as double) as ranked_accounts
    from ranked
    group by
        month_end,
        scope

),

-- Gini: 0 when everybody has the same number of accounts, towards 1 when one person has them all.
final as (

    select
        month_end,
        scope,
        most_accounts * people / nullif(accounts, 0) as workload_max_to_mean,
        2 * ranked_accounts / nullif(people * accounts, 0) - (people + 1) / people as workload_gini
    from summed

)

select * from final

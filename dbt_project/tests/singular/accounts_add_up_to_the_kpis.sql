-- Guards: the accounts listed for the portfolio, a team or an employee are as many as accounts per employee counts.
-- Why it would hurt: the list of accounts behind a figure would be the list behind another.
-- A row is a month and scope in which they differ.
with

accounts as (

    select * from {{ ref('active_accounts_monthly') }}

),

counted as (

    select * from {{ ref('accounts_per_employee_monthly') }}

),

listed as (

    select
        counted.month_end,
        counted.scope,
        count(distinct accounts.customer_id) as active_accounts
    from counted
    inner join accounts
        on
            counted.month_end = accounts.month_end
            and (counted.team is null or counted.team = accounts.team)
            and (counted.employee_id is null or counted.employee_id = accounts.employee_id)
    group by counted.month_end, counted.scope

)

select
    counted.month_end,
    counted.scope,
    counted.active_accounts,
    listed.active_accounts as listed_accounts
from counted
left join listed
    on
        counted.month_end = listed.month_end
        and counted.scope = listed.scope
where counted.active_accounts <> coalesce(listed.active_accounts, 0)

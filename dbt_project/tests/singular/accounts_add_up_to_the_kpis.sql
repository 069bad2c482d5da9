-- Guards: the accounts listed for the portfolio, a team or an employee are as many as accounts per employee counts.
-- Why it matters: the list of accounts would not be the list behind the figure.
-- A row is a month and scope in which they differ.
with

accounts as (

    select * from {{ ref('active_accounts_monthly') }}

),

counted as (

    select * from {{ ref('accounts_per_employee_monthly') }}

),

-- An account that two people look after is one account of their team and of the portfolio.
listed as (

    {% for scope in ["'portfolio'", "'team:' || team", "'employee:' || employee_id"] -%}
        select
            month_end,
            scope,
            count(distinct customer_id) as active_accounts
        from (select *, {{ scope }} as scope from accounts) as scoped
        group by month_end, scope
        {%- if not loop.last %}
            union all
        {% endif -%}
    {%- endfor %}

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

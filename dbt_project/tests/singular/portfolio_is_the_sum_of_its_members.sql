-- Guards: companies add up to the portfolio, and so do segments and company segments.
-- Why it matters: a figure must not depend on the way one drills into it.
-- A row is a month and a level whose sums differ from the portfolio's. Each is rounded to 0.0001: differences up to
-- that are allowed.
with

dso as (

    select * from {{ ref('dso_monthly') }}

),

added_up as (

    select
        month_end,
        level,
        count(*) as members,
        sum(receivables) as receivables,
        sum(past_due_receivables) as past_due_receivables,
        sum(net_credit_sales) as net_credit_sales
    from dso
    group by month_end, level

)

select
    added_up.month_end,
    added_up.level,
    added_up.receivables,
    portfolio.receivables as portfolio_receivables
from added_up
left join added_up as portfolio
    on
        added_up.month_end = portfolio.month_end
        and portfolio.level = 'portfolio'
where
    portfolio.month_end is null
    or abs(added_up.receivables - portfolio.receivables) > 0.0001 * added_up.members
    or abs(added_up.past_due_receivables - portfolio.past_due_receivables) > 0.0001 * added_up.members
    or abs(added_up.net_credit_sales - portfolio.net_credit_sales) > 0.0001 * added_up.members

-- Guards: what is past due on the days of a month adds up to the same in receivables_daily and in the items that bear
-- interest on it.
-- Why it matters: interest on money that isn't past due is claimed wrongly, and on money left out is lost.
-- A row is a month, company, segment and currency where it doesn't. The views read the whole ledger: only in a build of
-- all rows.
with

days as (

    select * from {{ ref('receivables_daily') }}
    {% if increments() -%}
        where false
    {%- endif %}

),

months as (

    select * from {{ ref('dim_months') }}

),

items as (

    select * from {{ ref('interest_on_arrears_monthly') }}
    {% if increments() -%}
        where false
    {%- endif %}

),

summed as (

    select
        months.month_end,
        days.company_id,
        days.segment,
        days.currency_code,
        {{ aging_of('past_due', relation='days') }} as past_due,
        0 as principal_days
    from days
    inner join months on days.date_day between months.month_start and months.balance_date
    union all
    select
        month_end,
        company_id,
        segment,
        currency_code,
        0 as past_due,
        principal_days
    from items

)

select
    month_end,
    company_id,
    segment,
    currency_code,
    sum(past_due) as past_due,
    sum(principal_days) as principal_days
from summed
group by month_end, company_id, segment, currency_code
having sum(past_due) <> sum(principal_days)

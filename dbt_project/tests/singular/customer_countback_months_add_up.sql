-- Guards: the days of the months that a customer's countback DSO counts add up to it, which is computed in another way.
-- Why it matters: its explanation would be another count than the figure.
-- A row is a customer of the last month where they don't. The views are large: one month is read, and only in a build
-- of all rows.
{%- set last_month = "cast(" ~ dbt.last_day(as_of_date(), 'month') ~ " as date)" %}
with

counted as (

    select * from {{ ref('customer_countback_months') }}
    where month_end = {{ last_month }}

),

customers as (

    select * from {{ ref('customer_kpis_monthly') }}
    where month_end = {{ last_month }}

),

added_up as (

    select
        customer_id,
        sum(cast(days_counted as decimal(18, 8))) as days_counted
    from counted
    group by customer_id

)

select
    customers.customer_id,
    customers.dso_countback,
    added_up.days_counted
from customers
left join added_up on customers.customer_id = added_up.customer_id
where
    abs(customers.dso_countback - coalesce(added_up.days_counted, 0)) > 0.000001
    {% if increments() -%}
        and false
    {%- endif %}

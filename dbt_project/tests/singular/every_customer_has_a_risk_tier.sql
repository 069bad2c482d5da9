-- Guards: customer_risk has one row for every customer, whatever the seed risk_tiers contains.
-- Why it matters: an edited seed could drop customers from the worklist.
-- A row is a customer without one.
with

customers as (

    select * from {{ ref('int_customers') }}

),

risk as (

    select * from {{ ref('customer_risk') }}

)

select customers.customer_id
from customers
left join risk on customers.customer_id = risk.customer_id
where risk.risk_tier is null

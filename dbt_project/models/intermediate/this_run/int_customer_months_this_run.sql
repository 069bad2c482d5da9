{{ config(materialized='replaced_view') }}

with

customers as (

    select * from {{ ref('int_customers') }}

),

moved as (

    select * from {{ ref('int_customers_this_run') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- A month with days since the last build changes for every customer.
final as (

    select
        customers.customer_id,
        months.month_end
    from customers
    cross join months
    where months.month_end >= {{ last_built_day() }}
    union distinct
    select
        moved.customer_id,
        months.month_end
    from moved
    inner join months on moved.from_month_end <= months.month_end

)

select * from final

with limits as (
    select
        parent,
        max(credit_limit) as credit_limit
    from {{ source('erpnext', 'customer_credit_limit') }}
    where coalesce(parenttype, 'Customer') = 'Customer'
    group by parent
)

select
    customers.name as customer_id,
    coalesce(customers.customer_name, customers.name) as customer_name,
    customers.customer_group as segment,
    customers.territory as region,
    customers.default_currency as currency_code,
    nullif(limits.credit_limit, 0) as credit_limit,
    customers.customer_type = 'Individual' as is_consumer,
    customers.email_id as email,
    customers.mobile_no as phone,
    customers.creation as created_date,
    customers.modified as updated_at
from {{ source('erpnext', 'customer') }} as customers
left join limits on customers.name = limits.parent

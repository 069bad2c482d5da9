select
    customers.id as customer_id,
    coalesce(customers.display_name, customers.fully_qualified_name) as customer_name,
    customers.parent_customer_id,
    customers.currency_id as currency_code,
    terms.due_days as payment_terms_days,
    customers.active is not false and customers._fivetran_deleted is not true as is_active,
    customers.created_at,
    customers.updated_at
from {{ source('quickbooks', 'customer') }} as customers
left join {{ source('quickbooks', 'term') }} as terms
    on customers.sales_term_id = terms.id

select
    customer_id,
    customer_name,
    parent_customer_id,
    currency_code,
    payment_terms_days,
    cast(created_at as date) as created_date,
    case when not is_active then cast(updated_at as date) end as closed_date,
    updated_at
from {{ ref('quickbooks__customers') }}

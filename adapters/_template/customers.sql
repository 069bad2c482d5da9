select
    id as customer_id,
    name as customer_name,
    currency as currency_code,
    updated_at
from {{ source('_template', 'customer') }}

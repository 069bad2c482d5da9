select
    id as customer_id,
    coalesce(name, description) as customer_name,
    upper(currency) as currency_code,
    address_country as country_code,
    email,
    phone,
    created as created_date,
    is_deleted
from {{ source('stripe', 'customer') }}

select
    contact_id,
    name as customer_name,
    default_currency as currency_code,
    cast(null as integer) as payment_terms_days,
    is_customer,
    coalesce(contact_status, 'ACTIVE') = 'ACTIVE' and _fivetran_deleted is not true as is_active,
    updated_date_utc as updated_at
from {{ source('xero', 'contact') }}

select
    customer_id,
    customer_name,
    parent_customer_id,
    segment,
    industry,
    country_code,
    currency_code,
    payment_terms_days,
    credit_limit,
    is_consumer
from {{ source('flat', 'rows') }}

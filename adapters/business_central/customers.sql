select
    "No." as customer_id,
    "Name" as customer_name,
    "Customer Posting Group" as segment,
    "Country/Region Code" as country_code,
    "Currency Code" as currency_code,
    nullif("Credit Limit (LCY)", 0) as credit_limit,
    "SystemModifiedAt" as updated_at
from {{ source('business_central', 'customer') }}

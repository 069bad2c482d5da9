select
    company_id,
    company_name,
    currency_code,
    country_code,
    timezone
from {{ source('declared', 'companies') }}

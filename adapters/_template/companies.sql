-- The company the user declares in the options; a source that has companies of its own selects them here.
select
    company_id,
    company_name,
    currency_code,
    country_code,
    timezone
from {{ source('declared', 'companies') }}

select
    company_id,
    max(company_name) as company_name,
    coalesce(max(company_currency), mode(currency_code)) as currency_code
from {{ ref('flat__items') }}
group by company_id

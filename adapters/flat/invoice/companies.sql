select
    company_id,
    max(company_name) as company_name,
    coalesce(max(company_currency), mode(currency_code)) as currency_code
from {{ source('flat', 'rows') }}
group by company_id

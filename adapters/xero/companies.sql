select
    coalesce(declared.company_id, organisations.organisation_id) as company_id,
    coalesce(declared.company_name, organisations.company_name) as company_name,
    coalesce(declared.currency_code, organisations.currency_code) as currency_code,
    coalesce(declared.country_code, organisations.country_code) as country_code,
    declared.timezone
from {{ ref('xero__organisations') }} as organisations
full join {{ source('declared', 'companies') }} as declared on organisations._company_id = declared.company_id

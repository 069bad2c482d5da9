select
    companies.name as company_id,
    coalesce(companies.company_name, companies.name) as company_name,
    companies.default_currency as currency_code,
    declared.country_code,
    declared.timezone
from {{ source('erpnext', 'company') }} as companies
left join {{ source('declared', 'companies') }} as declared
    on declared.company_id in (companies.name, companies._company_id)

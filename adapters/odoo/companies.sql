select
    companies.id as company_id,
    companies.name as company_name,
    currencies.name as currency_code,
    declared.country_code,
    declared.timezone
from {{ source('odoo', 'res_company') }} as companies
left join {{ source('odoo', 'res_currency') }} as currencies on companies.currency_id = currencies.id
left join {{ source('declared', 'companies') }} as declared
    on declared.company_id in (companies.id, companies._company_id)

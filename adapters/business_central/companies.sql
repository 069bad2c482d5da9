select
    coalesce(declared.company_id, information."Name") as company_id,
    coalesce(declared.company_name, information."Name") as company_name,
    coalesce(information."LCY Code", declared.currency_code) as currency_code,
    declared.country_code,
    declared.timezone
from {{ source('business_central', 'company_information') }} as information
full join {{ source('declared', 'companies') }} as declared on information._company_id = declared.company_id

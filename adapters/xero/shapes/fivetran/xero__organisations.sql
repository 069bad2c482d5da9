select
    _company_id,
    organisation_id,
    name as company_name,
    base_currency as currency_code,
    country_code
from {{ source('xero', 'organization') }}

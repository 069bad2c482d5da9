select
    _company_id,
    "OrganisationID" as organisation_id,
    "Name" as company_name,
    "BaseCurrency" as currency_code,
    "CountryCode" as country_code
from {{ source('xero', 'organisations') }}

with accounts as (
    select * from {{ source('stripe', 'account') }}
)

select
    company_id,
    company_name,
    currency_code,
    country_code,
    timezone
from {{ source('declared', 'companies') }}

union all

select
    id,
    coalesce(business_name, id),
    upper(default_currency),
    country,
    null
from accounts
where _company_id is null

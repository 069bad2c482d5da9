-- A NetSuite without subsidiaries is one company, which the user declares.
with subsidiaries as (
    select * from {{ source('netsuite', 'subsidiary') }}
    where iselimination is not true
)

select
    subsidiaries.id as company_id,
    subsidiaries.name as company_name,
    currencies.symbol as currency_code,
    subsidiaries.country as country_code,
    cast(null as varchar) as timezone
from subsidiaries
left join {{ source('netsuite', 'currency') }} as currencies on subsidiaries.currency = currencies.id

union all

select
    company_id,
    company_name,
    currency_code,
    country_code,
    timezone
from {{ source('declared', 'companies') }}
where company_id not in (
    select subsidiaries._company_id from subsidiaries
    where subsidiaries._company_id is not null
)

with subsidiaries as (
    select
        subsidiaries.id as company_id,
        subsidiaries.name as company_name,
        currencies.symbol as currency_code,
        subsidiaries.country as country_code
    from {{ source('netsuite', 'subsidiary') }} as subsidiaries
    left join {{ source('netsuite', 'currency') }} as currencies on subsidiaries.currency = currencies.id
    where subsidiaries.iselimination is not true
)

select
    company_id,
    company_name,
    currency_code,
    country_code,
    cast(null as varchar) as timezone
from subsidiaries

union all

select
    company_id,
    company_name,
    currency_code,
    country_code,
    timezone
from {{ source('declared', 'companies') }}
where company_id not in (select subsidiaries.company_id from subsidiaries)

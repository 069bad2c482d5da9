-- Guards: no two interest policies are of the same customers, companies, countries and currencies.
-- Why it matters: nobody could say which of the two an invoice bears interest by.
-- A row is a scope with more policies than one, and two of them.
with

policies as (

    select * from {{ ref('interest_policies') }}

)

select
    company_id,
    customer_id,
    country_code,
    is_consumer,
    currency_code,
    min(policy_id) as first_policy,
    max(policy_id) as last_policy
from policies
group by
    company_id,
    customer_id,
    country_code,
    is_consumer,
    currency_code
having count(*) > 1

-- Guards: with several currencies and none named, no KPI is made in a currency nobody chose.
-- Why it would hurt: euros and yen would be added up, or everything would be null without a word.
-- A row is a currency present: set the variable reporting_currency (DUEBOOK_REPORTING_CURRENCY) to one of them.
with

reporting_currency as (

    select * from {{ ref('int_reporting_currency') }}

),

movements as (

    select * from {{ ref('int_movements_daily') }}

)

select movements.currency_code
from movements
cross join reporting_currency
where reporting_currency.currency_code is null
group by movements.currency_code

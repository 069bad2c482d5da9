-- Guards: if there are several currencies, a reporting currency is set.
-- Why it matters: amounts of different currencies would be added up, or everything would be null without a message.
-- A row is a currency: set the variable reporting_currency (DUEBOOK_REPORTING_CURRENCY) to one of them.
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

-- Guards: promises and process costs in another currency have a rate that is not too old, as receivables must.
-- Why it matters: a sum leaves out nulls: a promise or a cost would be missing from its KPI, and nobody would notice.
-- A row is a day and a currency for which a promise or a cost has no rate.
with

promises_due as (

    select * from {{ ref('int_promises_due') }}

),

process_costs as (

    select * from {{ ref('stg_collections__process_costs') }}

),

months as (

    select * from {{ ref('int_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

promises_kept as (

    select * from {{ ref('int_promises_kept') }}

),

needed as (

    select
        promises_kept.due_date as date_day,
        promises_kept.currency_code
    from promises_due
    inner join promises_kept on promises_due.promise_id = promises_kept.promise_id
    union distinct
    select
        months.balance_date as date_day,
        process_costs.currency_code
    from process_costs
    inner join months on process_costs.month = months.month_start

),

history as (

    select min(date_day) as first_day from {{ ref('int_exchange_rates_daily') }}

)

select
    needed.date_day,
    needed.currency_code
from needed
left join rates
    on
        needed.date_day = rates.date_day
        and needed.currency_code = rates.currency_code
inner join history on needed.date_day >= history.first_day
where rates.rate is null

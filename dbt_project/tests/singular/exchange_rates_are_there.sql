-- Guards: every day with a balance or a flow in another currency has a rate that is not too old.
-- Why it matters: a missing rate that is taken as 1.0 or as zero misstates receivables, and nobody would notice.
-- A row is a day and a pair of currencies without a rate.
with

receivables as (

    select * from {{ ref('int_receivables_daily') }}

),

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

reporting_currency as (

    select * from {{ ref('int_reporting_currency') }}

)

select
    receivables.date_day,
    receivables.currency_code as from_currency,
    reporting_currency.currency_code as to_currency
from receivables
cross join reporting_currency
where
    receivables.exchange_rate is null
    and reporting_currency.currency_code is not null
    and (
        receivables.closing_balance <> 0
        or receivables.open_invoices <> 0
        {%- for movement in var('movements') %}
            or receivables.{{ movement }} <> 0
        {%- endfor %}
    )
group by
    receivables.date_day,
    receivables.currency_code,
    reporting_currency.currency_code
union distinct
select
    ledger.effective_date as date_day,
    ledger.currency_code as from_currency,
    reporting_currency.currency_code as to_currency
from ledger
cross join reporting_currency
left join rates
    on
        ledger.effective_date = rates.date_day
        and ledger.currency_code = rates.currency_code
where
    ledger.change_type = 'paid'
    and rates.rate is null
    and reporting_currency.currency_code is not null

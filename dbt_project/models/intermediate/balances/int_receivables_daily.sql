with

balances as (

    select * from {{ ref('int_balances_daily') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

converted as (

    select
        balances.*,
        balances.closing_balance - balances.balance_change as opening_balance,
        balances.closing_balance - balances.open_invoices as unapplied_credits,
        rates.rate as exchange_rate,
        {{ in_reporting_currency('cast(balances.closing_balance as decimal(18, 4))') }} as closing_balance_reporting,
        {{ in_reporting_currency('cast(balances.balance_change as decimal(18, 4))') }} as balance_change_reporting
    from balances
    left join rates
        on
            balances.date_day = rates.date_day
            and balances.currency_code = rates.currency_code

),

-- Balances are converted at the closing rate, flows at the rate of their day; the difference is the effect of exchange
-- rates.
revalued as (

    select
        *,
        closing_balance_reporting - balance_change_reporting - coalesce(
            lag(closing_balance_reporting) over (
                partition by company_id, segment, currency_code order by date_day asc nulls last
            ), 0
        ) as fx_difference
    from converted

)

select * from revalued

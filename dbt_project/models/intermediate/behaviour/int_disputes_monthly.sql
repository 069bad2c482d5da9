with

disputes as (

    select * from {{ ref('int_disputes') }}

),

months as (

    select * from {{ ref('int_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- One row for each dispute and month from its opening to its closing; there are few disputes.
followed as (

    select
        months.month_end,
        disputes.company_id,
        disputes.segment,
        disputes.amount,
        disputes.currency_code,
        months.balance_date,
        disputes.opened_date,
        disputes.opened_date >= months.month_start as is_opened,
        disputes.closed_date <= months.balance_date as is_closed,
        {{ dbt.datediff('disputes.opened_date', 'disputes.closed_date', 'day') }} as days_to_close
    from disputes
    inner join months
        on
            disputes.opened_date <= months.balance_date
            and (disputes.closed_date is null or disputes.closed_date >= months.month_start)

),

-- Opened amounts at the rate of the opening day, open amounts at the closing rate of the month.
valued as (

    select
        followed.month_end,
        followed.company_id,
        followed.segment,
        followed.is_opened,
        coalesce(followed.is_closed, false) as is_closed,
        followed.days_to_close,
        {{ in_reporting_currency('followed.amount', 'opening_rates.rate') }} as opened_amount,
        {{ in_reporting_currency('followed.amount', 'closing_rates.rate') }} as open_amount
    from followed
    left join rates as opening_rates
        on
            followed.opened_date = opening_rates.date_day
            and followed.currency_code = opening_rates.currency_code
    left join rates as closing_rates
        on
            followed.balance_date = closing_rates.date_day
            and followed.currency_code = closing_rates.currency_code

),

final as (

    select
        month_end,
        company_id,
        segment,
        sum(case when is_opened then 1 else 0 end) as disputes_opened,
        sum(case when is_opened then opened_amount else 0 end) as disputed_opened,
        sum(case when is_closed then 1 else 0 end) as disputes_closed,
        sum(case when is_closed then days_to_close else 0 end) as days_to_close,
        sum(case when is_closed then 0 else 1 end) as disputes_open,
        sum(case when is_closed then 0 else open_amount end) as disputed_open
    from valued
    group by
        month_end,
        company_id,
        segment

)

select * from final

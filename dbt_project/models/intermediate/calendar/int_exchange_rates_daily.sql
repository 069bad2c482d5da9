with

dates as (

    select * from {{ ref('int_dates') }}

),

months as (

    select * from {{ ref('int_months') }}

),

currencies as (

    select * from {{ ref('int_currencies') }}

),

reporting_currency as (

    select * from {{ ref('int_reporting_currency') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

-- A pair of currencies may be landed in either direction; if a day has both, the direct rate counts.
quoted as (

    select
        exchange_rates.from_currency as currency_code,
        exchange_rates.rate_date,
        cast(exchange_rates.rate as decimal(19, 12)) as rate,
        1 as preference
    from exchange_rates
    inner join reporting_currency on exchange_rates.to_currency = reporting_currency.currency_code
    union all
    select
        exchange_rates.to_currency as currency_code,
        exchange_rates.rate_date,
        cast(1 / nullif(cast(exchange_rates.rate as double), 0) as decimal(19, 12)) as rate,
        2 as preference
    from exchange_rates
    inner join reporting_currency on exchange_rates.from_currency = reporting_currency.currency_code

),

-- Within a day the direct rate is last here, so that its next rate is that of another day.
preferred as (

    select
        currency_code,
        rate_date,
        rate,
        row_number() over (partition by currency_code, rate_date order by preference asc nulls last) as rank_of_day,
        lead(rate_date) over (
            partition by currency_code order by rate_date asc nulls last, preference desc nulls last
        ) as next_rate_date
    from quoted

),

-- A rate is used until the day before the next one, but only as long as its age is allowed.
spans as (

    select
        currency_code,
        rate_date,
        rate,
        least(
            coalesce(cast({{ dbt.dateadd('day', -1, 'next_rate_date') }} as date), {{ as_of_date() }}),
            cast({{ dbt.dateadd('day', max_rate_age_days(), 'rate_date') }} as date)
        ) as last_date
    from preferred
    where rank_of_day = 1

),

-- Whole months, because a promise may be due in the first month before the landing's first event.
needed as (

    select
        dates.date_day,
        currencies.currency_code
    from dates
    inner join months on dates.date_day between months.month_start and months.balance_date
    cross join currencies

),

final as (

    select
        needed.date_day,
        needed.currency_code,
        reporting_currency.currency_code as reporting_currency_code,
        case when needed.currency_code = reporting_currency.currency_code then needed.date_day else spans.rate_date end
            as rate_date,
        case
            when needed.currency_code = reporting_currency.currency_code then cast(1 as decimal(19, 12)) else spans.rate
        end
            as rate
    from needed
    cross join reporting_currency
    left join spans
        on
            needed.currency_code = spans.currency_code
            and needed.date_day between spans.rate_date and spans.last_date

)

select * from final

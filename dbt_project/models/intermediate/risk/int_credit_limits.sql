with

customers as (

    select * from {{ ref('int_customers') }}
    where credit_limit > 0

),

reporting_currency as (

    select * from {{ ref('int_reporting_currency') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}
    where date_day = {{ as_of_date() }}

),

-- A limit of a customer without a currency is in the reporting currency.
denominated as (

    select
        customers.customer_id,
        customers.credit_limit,
        coalesce(customers.currency_code, reporting_currency.currency_code) as currency_code,
        reporting_currency.currency_code as reporting_currency_code
    from customers
    cross join reporting_currency

),

final as (

    select
        denominated.customer_id,
        case
            when denominated.currency_code = denominated.reporting_currency_code then denominated.credit_limit
            else denominated.credit_limit * rates.rate
        end as credit_limit
    from denominated
    left join rates on denominated.currency_code = rates.currency_code

)

select * from final

with

process_costs as (

    select * from {{ ref('stg_collections__process_costs') }}

),

companies as (

    select * from {{ ref('int_companies') }}

),

months as (

    select * from {{ ref('int_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

reporting_currency as (

    select * from {{ ref('int_reporting_currency') }}

),

-- At the rate of the month's last day. There are rates only for currencies of receivables.
valued as (

    select
        months.month_end,
        process_costs.company_id,
        case
            when process_costs.currency_code = reporting_currency.currency_code then process_costs.amount
            else {{ in_reporting_currency('process_costs.amount') }}
        end as process_cost
    from process_costs
    inner join companies on process_costs.company_id = companies.company_id
    inner join months on process_costs.month = months.month_start
    cross join reporting_currency
    left join rates
        on
            months.balance_date = rates.date_day
            and process_costs.currency_code = rates.currency_code

),

final as (

    select
        month_end,
        {{ company_scope_of() }} as scope,
        sum(process_cost) as process_cost
    from valued
    group by grouping sets (
        (month_end),
        (month_end, company_id)
    )

)

select * from final

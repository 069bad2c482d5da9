with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        (
            is_credit_sale
            or is_taken_over
            or change_type = 'cash'
        )
        and {{ this_run(
            ref('int_customer_months_this_run'),
            {'customer_id': 'customer_id', 'cast(' ~ dbt.last_day('effective_date', 'month') ~ ' as date)': 'month_end'}
        ) }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

invoice_months as (

    select * from {{ ref('int_invoice_months') }}
    where
        opening_balance > 0
        and cash_applied_to_owed_reporting <> 0
        and {{ this_run(ref('int_customer_months_this_run'), ['customer_id', 'month_end']) }}

),

-- Flows are converted at the rate of their day.
flows as (

    select
        cast({{ dbt.last_day('ledger.effective_date', 'month') }} as date) as month_end,
        ledger.company_id,
        ledger.customer_id,
        case when ledger.is_credit_sale then {{ in_reporting_currency('ledger.amount') }} else 0 end
            as net_credit_sales,
        case when ledger.is_taken_over then {{ in_reporting_currency('ledger.amount') }} else 0 end
            as taken_over,
        case when ledger.change_type = 'cash' then {{ in_reporting_currency('-ledger.amount') }} else 0 end
            as cash_received,
        0 as cash_applied_to_opening
    from ledger
    left join rates
        on
            ledger.effective_date = rates.date_day
            and ledger.currency_code = rates.currency_code
    union all
    select
        month_end,
        company_id,
        customer_id,
        0 as net_credit_sales,
        0 as taken_over,
        0 as cash_received,
        cash_applied_to_owed_reporting as cash_applied_to_opening
    from invoice_months

),

final as (

    select
        month_end,
        company_id,
        customer_id,
        sum(net_credit_sales) as net_credit_sales,
        sum(taken_over) as taken_over,
        sum(cash_received) as cash_received,
        sum(cash_applied_to_opening) as cash_applied_to_opening
    from flows
    group by
        month_end,
        company_id,
        customer_id

)

select * from final

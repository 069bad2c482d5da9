with

customers as (

    select * from {{ ref('int_customers') }}

),

balances as (

    select * from {{ ref('int_customer_balances') }}

),

record as (

    select * from {{ ref('int_customer_payment_record') }}

),

reporting_currency as (

    select * from {{ ref('int_reporting_currency') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}
    where date_day = {{ as_of_date() }}

),

landed_tables as (

    select * from {{ ref('int_landed_tables') }}

),

-- Only limits above zero count. The limit of a customer without a currency is in the reporting currency.
credit_limits as (

    select
        customers.customer_id,
        case
            when coalesce(customers.currency_code, reporting_currency.currency_code) = reporting_currency.currency_code
                then customers.credit_limit
            else {{ in_reporting_currency('customers.credit_limit') }}
        end as credit_limit
    from customers
    cross join reporting_currency
    left join rates on customers.currency_code = rates.currency_code
    where customers.credit_limit > 0

),

joined as (

    select
        customers.customer_id,
        customers.segment,
        coalesce(balances.open_invoices, 0) as open_invoices,
        coalesce(balances.unapplied_credits, 0) as unapplied_credits,
        coalesce(balances.past_due_receivables, 0) as past_due_receivables,
        coalesce({{ dbt.datediff('balances.oldest_past_due_date', as_of_date(), 'day') }}, 0) as oldest_past_due_days,
        coalesce(record.cash_applied_3m, 0) as cash_applied_3m,
        coalesce(record.cash_days_late_3m, 0) as cash_days_late_3m,
        coalesce(record.cash_applied_12m, 0) as cash_applied_12m,
        coalesce(record.cash_days_late_12m, 0) as cash_days_late_12m,
        coalesce(record.cash_paid_late_12m, 0) as cash_paid_late_12m,
        case
            when landed_tables.has_promises and landed_tables.has_receipts then coalesce(record.broken_promises_12m, 0)
        end as broken_promises_12m,
        case when landed_tables.has_disputes then coalesce(record.open_disputes, 0) end as open_disputes,
        credit_limits.customer_id is not null as has_limit,
        credit_limits.credit_limit
    from customers
    cross join landed_tables
    left join balances on customers.customer_id = balances.customer_id
    left join record on customers.customer_id = record.customer_id
    left join credit_limits on customers.customer_id = credit_limits.customer_id

),

-- Ratios are computed as doubles, and only with a positive denominator.
measured as (

    select
        *,
        sum(open_invoices + unapplied_credits) over () as all_receivables,
        case when cash_applied_3m > 0 then cast(cash_days_late_3m as double) / cast(cash_applied_3m as double) end
            as days_late_3m,
        case when cash_applied_12m > 0 then cast(cash_days_late_12m as double) / cast(cash_applied_12m as double) end
            as days_late_12m,
        case when cash_applied_12m > 0 then cast(cash_paid_late_12m as double) / cast(cash_applied_12m as double) end
            as share_paid_late,
        case when credit_limit > 0 then cast(open_invoices as double) / cast(credit_limit as double) end
            as credit_utilisation
    from joined

),

final as (

    select
        *,
        days_late_3m - days_late_12m as days_late_trend,
        case
            when all_receivables > 0
                then cast(open_invoices + unapplied_credits as double) / cast(all_receivables as double)
        end as share_of_receivables
    from measured

)

select * from final

{{ config(materialized='replaced_view') }}

with

parts as (

    select * from {{ ref('customer_kpi_parts_monthly') }}

),

portfolio as (

    select * from {{ ref('cei_monthly') }}
    where scope = 'portfolio'

),

-- Without landed receipts, cash is not known.
joined as (

    select
        parts.*,
        portfolio.days,
        portfolio.is_complete,
        {{ opening_and_inflow(relation='parts') }} as opening_and_inflow,
        case when portfolio.cash_received is not null then parts.cash_received end as known_cash_received,
        case when parts.net_credit_sales > 0 then cast(parts.net_credit_sales as double) end as sales_number
    from parts
    inner join portfolio on parts.month_end = portfolio.month_end

),

-- Ratios are computed as doubles; a denominator that is not positive makes them null, with a reason.
final as (

    select
        month_end,
        customer_id,
        days,
        opening_receivables,
        receivables,
        current_receivables,
        past_due_receivables,
        open_invoices,
        net_credit_sales,
        taken_over,
        known_cash_received as cash_received,
        open_invoice_count,
        past_due_invoice_count,
        cash_applied_with_due_date,
        cash_days_late,
        cast(receivables as double) / sales_number * days as dso,
        cast(open_invoices as double) / sales_number * days as dso_gross,
        dso_countback,
        cast(current_receivables as double) / sales_number * days as best_possible_dso,
        cast(past_due_receivables as double) / sales_number * days as average_days_delinquent,
        case
            when opening_and_inflow > 0 then cast(known_cash_received as double) / cast(opening_and_inflow as double)
        end as collection_rate,
        case when open_invoices > 0 then cast(past_due_receivables as double) / cast(open_invoices as double) end
            as delinquency_rate_amount,
        case
            when open_invoice_count > 0 then cast(past_due_invoice_count as double) / cast(open_invoice_count as double)
        end as delinquency_rate_count,
        case
            when cash_applied_with_due_date > 0
                then cast(cash_days_late as double) / cast(cash_applied_with_due_date as double)
        end as average_days_late,
        case when sales_number is null then 'no_sales' end as reason,
        reason_countback,
        case
            when known_cash_received is null then 'no_data'
            when opening_and_inflow <= 0 then 'no_receivables'
        end as reason_collection_rate,
        case when open_invoices <= 0 then 'no_receivables' end as reason_delinquency,
        case when open_invoice_count = 0 then 'no_open_invoices' end as reason_delinquency_count,
        case when cash_applied_with_due_date <= 0 then 'no_cash_applied' end as reason_days_late,
        is_complete
    from joined

)

select * from final

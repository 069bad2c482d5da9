with

levels as (

    select * from {{ ref('int_receivables_levels') }}

),

countback as (

    select * from {{ ref('int_dso_countback') }}

),

windowed as (

    select
        *,
        sum(net_credit_sales) over last_3_months as net_credit_sales_3m,
        sum(days) over last_3_months as days_3m,
        sum(net_credit_sales) over last_12_months as net_credit_sales_12m,
        sum(days) over last_12_months as days_12m,
        -- The average of the 13 month ends of 12 months; before the landing's first event the balance is zero.
        (sum(receivables) over last_12_months + first_value(opening_receivables) over last_12_months)
        / (count(*) over last_12_months + 1) as average_receivables_12m
    from levels
    window
        last_3_months as ({{ last_months(3) }}),
        last_12_months as ({{ last_months(12) }})

),

-- Ratios are computed as doubles; a denominator that is not positive makes them null, with a reason.
measured as (

    select
        *,
        cast(receivables as double) as receivables_number,
        case when net_credit_sales > 0 then cast(net_credit_sales as double) end as sales_number,
        case when net_credit_sales_3m > 0 then cast(net_credit_sales_3m as double) end as sales_3m_number,
        case when net_credit_sales_12m > 0 then cast(net_credit_sales_12m as double) end as sales_12m_number
    from windowed

),

final as (

    select
        measured.month_end,
        measured.level,
        measured.scope,
        measured.company_id,
        measured.segment,
        measured.days,
        cast(measured.opening_receivables as decimal(18, 4)) as opening_receivables,
        cast(measured.receivables as decimal(18, 4)) as receivables,
        cast(measured.current_receivables as decimal(18, 4)) as current_receivables,
        cast(measured.past_due_receivables as decimal(18, 4)) as past_due_receivables,
        cast(measured.open_invoices as decimal(18, 4)) as open_invoices,
        cast(measured.net_credit_sales as decimal(18, 4)) as net_credit_sales,
        cast(measured.net_credit_sales_3m as decimal(18, 4)) as net_credit_sales_3m,
        cast(measured.days_3m as integer) as days_3m,
        cast(measured.net_credit_sales_12m as decimal(18, 4)) as net_credit_sales_12m,
        cast(measured.days_12m as integer) as days_12m,
        cast(measured.receivables_number / measured.sales_number * measured.days as double) as dso,
        cast(measured.receivables_number / measured.sales_3m_number * measured.days_3m as double) as dso_3m,
        cast(measured.receivables_number / measured.sales_12m_number * measured.days_12m as double) as dso_12m,
        cast(
            (cast(measured.opening_receivables as double) + measured.receivables_number) / 2
            / measured.sales_number * measured.days as double
        ) as dso_average,
        cast(cast(measured.open_invoices as double) / measured.sales_number * measured.days as double) as dso_gross,
        countback.dso_countback,
        cast(cast(measured.current_receivables as double) / measured.sales_number * measured.days as double)
            as best_possible_dso,
        cast(cast(measured.past_due_receivables as double) / measured.sales_number * measured.days as double)
            as average_days_delinquent,
        cast(measured.average_receivables_12m as decimal(18, 4)) as average_receivables_12m,
        case
            when measured.average_receivables_12m > 0
                then cast(measured.net_credit_sales_12m as double) / cast(measured.average_receivables_12m as double)
        end as ar_turnover,
        case when measured.sales_number is null then 'no_sales' end as reason,
        case when measured.sales_3m_number is null then 'no_sales' end as reason_3m,
        case when measured.sales_12m_number is null then 'no_sales' end as reason_12m,
        countback.dso_countback_reason as reason_countback,
        case when measured.average_receivables_12m <= 0 then 'no_receivables' end as reason_turnover,
        measured.is_complete
    from measured
    inner join countback
        on
            measured.scope = countback.scope
            and measured.month_end = countback.month_end

)

select * from final

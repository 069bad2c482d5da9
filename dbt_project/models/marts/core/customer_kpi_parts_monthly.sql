{{ config(materialized='replaced_view') }}

{%- set measured = ['opening_receivables', 'receivables', 'current_receivables', 'past_due_receivables',
    'open_invoices', 'net_credit_sales', 'taken_over', 'cash_received', 'open_invoice_count', 'past_due_invoice_count'] -%}
{%- set paid = ['cash_applied_with_due_date', 'cash_days_late'] -%}

with

measures as (

    select * from {{ ref('customer_measures_monthly') }}
    where scope = 'portfolio'

),

payments as (

    select * from {{ ref('customer_payments_monthly') }}

),

months as (

    select
        month_end,
        days,
        sum(days) over (order by month_end asc nulls last rows between unbounded preceding and current row)
            as days_so_far
    from {{ ref('dso_monthly') }}
    where scope = 'portfolio'

),

-- A month in which a customer neither bought nor owed has no row in the count, but its days are counted.
sold as (

    select
        month_end,
        customer_id,
        sum(receivables) as receivables,
        sum(net_credit_sales) as net_credit_sales
    from {{ ref('kpi_contributions_monthly') }}
    group by month_end, customer_id

),

cumulated as (

    select
        sold.*,
        months.days,
        months.days_so_far,
        sum(case when sold.net_credit_sales > 0 then sold.net_credit_sales else 0 end) over (
            partition by sold.customer_id
            order by sold.month_end asc nulls last rows between unbounded preceding and current row
        ) as sales_so_far
    from sold
    inner join months on sold.month_end = months.month_end

),

{{ counted_back('cumulated', 'customer_id') }},

-- An invoice that somebody else pays in the month in which it is issued leaves no measures.
stacked as (

    select
        month_end,
        customer_id,
        {% for measure in measured -%}
            {{ measure }},
        {% endfor -%}
        0 as cash_applied_with_due_date,
        0 as cash_days_late
    from measures
    union all
    select
        month_end,
        customer_id,
        {% for measure in measured -%}
            0 as {{ measure }},
        {% endfor -%}
        cash_applied_with_due_date,
        cash_days_late
    from payments

),

summed as (

    select
        {% for measure in measured + paid -%}
            sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        month_end,
        customer_id
    from stacked
    group by month_end, customer_id

),

final as (

    select
        summed.month_end,
        summed.customer_id,
        {% for measure in measured + paid -%}
            cast(summed.{{ measure }} as {{ 'bigint' if 'count' in measure else 'decimal(38, 16)' }}) as {{ measure }},
        {% endfor -%}
        coalesce(counted_back.dso_countback, 0) as dso_countback,
        case when counted_back.month_end is null then 'credit_balance' else counted_back.dso_countback_reason end
            as reason_countback
    from summed
    left join counted_back
        on
            summed.month_end = counted_back.month_end
            and summed.customer_id = counted_back.customer_id

)

select * from final

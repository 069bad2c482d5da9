with

levels as (

    select * from {{ ref('int_receivables_levels') }}

),

customer_parts as (

    select * from {{ ref('int_contribution_balances') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

countback as (

    select * from {{ ref('int_dso_countback') }}

),

-- One row an account and month, of one company or of all together.
accounts as (

    select
        customer_parts.month_end,
        customer_parts.company_id,
        customers.segment,
        customer_parts.customer_id,
        sum(customer_parts.open_invoice_count) as open_invoice_count,
        sum(customer_parts.past_due_invoice_count) as past_due_invoice_count
    from customer_parts
    inner join customers on customer_parts.customer_id = customers.customer_id
    group by grouping sets (
        (customer_parts.month_end, customers.segment, customer_parts.customer_id),
        (customer_parts.month_end, customers.segment, customer_parts.customer_id, customer_parts.company_id)
    )

),

counted as (

    select
        levels.scope,
        levels.month_end,
        sum(accounts.open_invoice_count) as open_invoice_count,
        sum(accounts.past_due_invoice_count) as past_due_invoice_count,
        sum(case when accounts.open_invoice_count > 0 then 1 else 0 end) as open_accounts,
        sum(case when accounts.past_due_invoice_count > 0 then 1 else 0 end) as past_due_accounts
    from levels
    inner join accounts
        on
            levels.month_end = accounts.month_end
            and coalesce(levels.company_id, '') = coalesce(accounts.company_id, '')
            and (levels.segment is null or levels.segment = accounts.segment)
    group by
        levels.scope,
        levels.month_end

),

windowed as (

    select
        *,
        sum(net_credit_sales) over last_3_months as net_credit_sales_3m,
        sum(days) over last_3_months as days_3m,
        first_value(opening_receivables) over last_3_months as opening_receivables_3m,
        sum(net_credit_sales) over last_12_months as net_credit_sales_12m,
        sum(days) over last_12_months as days_12m
    from levels
    window
        last_3_months as (
            partition by scope order by month_end asc nulls last rows between 2 preceding and current row
        ),
        last_12_months as (
            partition by scope order by month_end asc nulls last rows between 11 preceding and current row
        )

),

-- Unrounded, under the names the marts have for them: the KPIs' numerators and denominators are written in these.
final as (

    select
        windowed.*,
        windowed.aging_91_120 + windowed.aging_121_plus as serious_receivables,
        windowed.open_invoices - windowed.past_due_receivables as current_invoices,
        windowed.opening_receivables + windowed.net_credit_sales - windowed.receivables as collected,
        windowed.opening_receivables + windowed.net_credit_sales - windowed.current_receivables as collectible,
        windowed.opening_receivables_3m + windowed.net_credit_sales_3m - windowed.receivables as collected_3m,
        windowed.opening_receivables_3m + windowed.net_credit_sales_3m - windowed.current_receivables
            as collectible_3m,
        coalesce(counted.open_invoice_count, 0) as open_invoice_count,
        coalesce(counted.past_due_invoice_count, 0) as past_due_invoice_count,
        coalesce(counted.open_accounts, 0) as open_accounts,
        coalesce(counted.past_due_accounts, 0) as past_due_accounts,
        countback.dso_countback
    from windowed
    left join counted
        on
            windowed.scope = counted.scope
            and windowed.month_end = counted.month_end
    left join countback
        on
            windowed.scope = countback.scope
            and windowed.month_end = countback.month_end

)

select * from final

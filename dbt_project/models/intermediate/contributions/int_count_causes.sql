with

invoice_months as (

    select * from {{ ref('int_invoice_months') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

compared as (

    select
        invoice_months.month_end,
        invoice_months.company_id,
        customers.segment,
        invoice_months.customer_id,
        invoice_months.opening_balance <> 0 as was_open,
        invoice_months.cash_applied <> 0 as by_cash,
        cast({{ dbt.last_day('invoices.invoice_date', 'month') }} as date) = invoice_months.month_end as is_new,
        case when invoice_months.closing_balance <> 0 then 1 else 0 end
        - case when invoice_months.opening_balance <> 0 then 1 else 0 end as open_invoice_count,
        case when invoice_months.closing_past_due <> 0 then 1 else 0 end
        - case when invoice_months.opening_past_due <> 0 then 1 else 0 end as past_due_invoice_count
    from invoice_months
    inner join invoices on invoice_months.invoice_id = invoices.invoice_id
    inner join customers on invoice_months.customer_id = customers.customer_id

),

-- A month in which cash was applied or taken back explains itself by that, whatever else happened to the invoice.
explained as (

    select
        month_end,
        company_id,
        segment,
        customer_id,
        case
            when is_new and open_invoice_count > 0 then 'new_sales'
            when by_cash then 'collections'
            else 'write_offs_and_credits'
        end as cause,
        open_invoice_count,
        0 as past_due_invoice_count
    from compared
    where open_invoice_count <> 0
    union all
    select
        month_end,
        company_id,
        segment,
        customer_id,
        case
            when past_due_invoice_count > 0 and (is_new or was_open) then 'lateness'
            when by_cash then 'collections'
            else 'write_offs_and_credits'
        end as cause,
        0 as open_invoice_count,
        past_due_invoice_count
    from compared
    where past_due_invoice_count <> 0

),

final as (

    select
        month_end,
        company_id,
        segment,
        customer_id,
        cause,
        sum(open_invoice_count) as open_invoice_count,
        sum(past_due_invoice_count) as past_due_invoice_count
    from explained
    group by
        month_end,
        company_id,
        segment,
        customer_id,
        cause

)

select * from final

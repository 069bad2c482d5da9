with

invoice_months as (

    select * from {{ ref('int_invoice_months') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

-- Cash applied to invoices that were open, or past due, when the month began.
final as (

    select
        invoice_months.month_end,
        invoice_months.company_id,
        customers.segment,
        sum(invoice_months.cash_applied_reporting) as cash_applied_to_opening,
        sum(
            case when invoice_months.opening_past_due <> 0 then invoice_months.cash_applied_reporting else 0 end
        ) as cash_applied_to_past_due
    from invoice_months
    inner join customers on invoice_months.customer_id = customers.customer_id
    where
        invoice_months.opening_balance <> 0
        and invoice_months.cash_applied_reporting <> 0
    group by
        invoice_months.month_end,
        invoice_months.company_id,
        customers.segment

)

select * from final

with

invoice_months as (

    select * from {{ ref('int_invoice_months') }}

),

past_due_cash as (

    select * from {{ ref('int_past_due_cash') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

-- Cash applied to invoices that had a balance at the month's start, and the part of it that was applied to past-due
-- items.
final as (

    select
        invoice_months.month_end,
        invoice_months.company_id,
        customers.segment,
        sum(invoice_months.cash_applied_to_owed_reporting) as cash_applied_to_opening,
        sum(coalesce(past_due_cash.cash_applied_to_past_due, 0)) as cash_applied_to_past_due
    from invoice_months
    left join past_due_cash
        on
            invoice_months.invoice_id = past_due_cash.invoice_id
            and invoice_months.month_end = past_due_cash.month_end
    inner join customers on invoice_months.customer_id = customers.customer_id
    where
        invoice_months.opening_balance > 0
        and (invoice_months.cash_applied_to_owed_reporting <> 0 or past_due_cash.invoice_id is not null)
    group by
        invoice_months.month_end,
        invoice_months.company_id,
        customers.segment

)

select * from final

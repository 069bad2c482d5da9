with

contributions as (

    select * from {{ ref('int_contributions_monthly') }}

),

final as (

    select
        month_end,
        company_id,
        segment,
        customer_id,
        receivables,
        open_invoices,
        past_due_receivables,
        serious_receivables,
        net_credit_sales,
        taken_over,
        cash_received,
        cash_applied_to_opening,
        open_invoice_count,
        past_due_invoice_count
    from contributions

)

select * from final

with

balances as (

    select * from {{ ref('int_invoice_balances') }}
    where paid_in_full_date is not null

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

dated as (

    select
        cast({{ dbt.last_day('balances.paid_in_full_date', 'month') }} as date) as month_end,
        invoices.company_id,
        invoices.segment,
        {{ dbt.datediff('invoices.invoice_date', 'balances.paid_in_full_date', 'day') }} as days_to_pay,
        {{ dbt.datediff('balances.last_due_date', 'balances.paid_in_full_date', 'day') }} as days_late
    from balances
    inner join invoices on balances.invoice_id = invoices.invoice_id

),

final as (

    select
        month_end,
        company_id,
        segment,
        count(*) as paid_invoices,
        sum(days_to_pay) as days_to_pay,
        count(days_late) as paid_invoices_with_due_date,
        coalesce(sum(days_late), 0) as days_late
    from dated
    group by
        month_end,
        company_id,
        segment

)

select * from final

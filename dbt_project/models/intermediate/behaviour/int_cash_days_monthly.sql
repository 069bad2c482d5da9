with

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}
    where
        item_type = 'invoice'
        and change_type = 'paid'

),

moments as (

    select * from {{ ref('int_application_moments') }}
    where source_type = 'receipt'

),

receipts as (

    select * from {{ ref('int_credit_items') }}
    where item_type = 'receipt'

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

due_dates as (

    select * from {{ ref('int_due_dates') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- The due date that was in force when the cash was applied, also where the application is undone later.
due as (

    select
        ledger.company_id,
        ledger.customer_id,
        invoices.segment,
        ledger.effective_date,
        ledger.currency_code,
        ledger.amount,
        invoices.invoice_date,
        moments.effective_date as applied_date,
        receipts.item_date as received_date,
        case
            when due_dates.record_id is null then ledger.due_date
            when due_dates.instalment_id is null then coalesce(due_dates.due_date, invoices.due_date_by_terms)
            else due_dates.due_date
        end as due_date_then
    from ledger
    inner join moments
        on
            ledger.source_id = moments.record_id
            and ledger.source_table = moments.record_table
            and ledger.event_type = 'receipt_' || moments.moment
    inner join receipts on moments.source_id = receipts.item_id
    inner join invoices on ledger.item_id = invoices.invoice_id
    left join due_dates
        on
            ledger.item_id = due_dates.invoice_id
            and coalesce(ledger.instalment_id, '') = coalesce(due_dates.instalment_id, '')
            and moments.effective_date >= due_dates.in_force_from
            and moments.effective_date < coalesce(due_dates.in_force_until, cast('9999-12-31' as date))

),

-- Undoing an application subtracts its amount, with the same days as when it was applied.
dated as (

    select
        cast({{ dbt.last_day('due.effective_date', 'month') }} as date) as month_end,
        due.company_id,
        due.customer_id,
        due.segment,
        {{ in_reporting_currency('-due.amount') }} as cash_applied,
        due.due_date_then is not null as has_due_date,
        {{ dbt.datediff('due.invoice_date', 'due.applied_date', 'day') }} as days_to_pay,
        {{ dbt.datediff('due.due_date_then', 'due.applied_date', 'day') }} as days_late,
        {{ dbt.datediff('due.invoice_date', 'due.received_date', 'day') }} as days_to_pay_received,
        {{ dbt.datediff('due.due_date_then', 'due.received_date', 'day') }} as days_late_received
    from due
    left join rates
        on
            due.effective_date = rates.date_day
            and due.currency_code = rates.currency_code

),

final as (

    select
        month_end,
        company_id,
        customer_id,
        segment,
        sum(cash_applied) as cash_applied,
        sum(cash_applied * days_to_pay) as cash_days_to_pay,
        sum(case when has_due_date then cash_applied else 0 end) as cash_applied_with_due_date,
        sum(case when has_due_date then cash_applied * days_late else 0 end) as cash_days_late,
        sum(cash_applied * days_to_pay_received) as cash_days_to_pay_received,
        sum(case when has_due_date then cash_applied * days_late_received else 0 end) as cash_days_late_received
    from dated
    group by
        month_end,
        company_id,
        customer_id,
        segment

)

select * from final

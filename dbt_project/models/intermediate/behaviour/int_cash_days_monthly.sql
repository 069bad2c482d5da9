with

ledger as (

    select * from {{ ref('int_ledger') }}
    where
        item_type = 'invoice'
        and event_type in ('receipt_applied', 'receipt_unapplied')

),

applications as (

    select * from {{ ref('int_applications') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

rates as (

    select * from {{ ref('int_exchange_rates_daily') }}

),

-- Undoing takes back what was counted: its amount, with the days of the application it undoes.
dated as (

    select
        cast({{ dbt.last_day('ledger.effective_date', 'month') }} as date) as month_end,
        ledger.company_id,
        invoices.segment,
        -ledger.amount * rates.rate as cash_applied,
        ledger.due_date is not null as has_due_date,
        {{ dbt.datediff('invoices.invoice_date', 'applications.effective_date', 'day') }} as days_to_pay,
        {{ dbt.datediff('ledger.due_date', 'applications.effective_date', 'day') }} as days_late
    from ledger
    inner join applications on ledger.source_id = applications.application_id
    inner join invoices on ledger.item_id = invoices.invoice_id
    left join rates
        on
            ledger.effective_date = rates.date_day
            and ledger.currency_code = rates.currency_code

),

final as (

    select
        month_end,
        company_id,
        segment,
        sum(cash_applied) as cash_applied,
        sum(cash_applied * days_to_pay) as cash_days_to_pay,
        sum(case when has_due_date then cash_applied else 0 end) as cash_applied_with_due_date,
        sum(case when has_due_date then cash_applied * days_late else 0 end) as cash_days_late
    from dated
    group by
        month_end,
        company_id,
        segment

)

select * from final

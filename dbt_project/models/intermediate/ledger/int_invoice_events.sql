{{ config(materialized='replaced_view') }}

with

invoices as (

    select * from {{ ref('int_invoices') }}

),

adjustments as (

    select * from {{ ref('stg_ar__adjustments') }}

),

due_dates as (

    select * from {{ ref('int_due_dates') }}

),

invoices_issued_and_voided as (

    select
        case when invoice_type = 'opening_balance' then 'opening_balance_taken_over' else 'invoice_issued' end
            as event_type,
        'invoice' as item_type,
        invoice_id as item_id,
        company_id,
        customer_id,
        currency_code,
        due_date,
        invoice_date as effective_date,
        recorded_at,
        amount,
        is_credit_sale,
        'invoices' as source_table,
        invoice_id as source_id
    from invoices
    union all
    select
        case when invoice_type = 'opening_balance' then 'opening_balance_voided' else 'invoice_voided' end
            as event_type,
        'invoice' as item_type,
        invoice_id as item_id,
        company_id,
        customer_id,
        currency_code,
        due_date,
        voided_date as effective_date,
        recorded_at,
        -amount as amount,
        is_credit_sale,
        'invoices' as source_table,
        invoice_id as source_id
    from invoices
    where voided_date is not null

),

invoices_adjusted as (

    select
        case
            when adjustments.adjustment_type in ('write_off', 'write_off_reversal') then adjustments.adjustment_type
            else adjustments.adjustment_type || '_adjustment'
        end as event_type,
        'invoice' as item_type,
        invoices.invoice_id as item_id,
        invoices.company_id,
        invoices.customer_id,
        invoices.currency_code,
        invoices.due_date,
        greatest(adjustments.adjustment_date, invoices.invoice_date) as effective_date,
        adjustments.recorded_at,
        adjustments.amount,
        false as is_credit_sale,
        'adjustments' as source_table,
        adjustments.adjustment_id as source_id
    from adjustments
    inner join invoices on adjustments.invoice_id = invoices.invoice_id

),

-- A new due date does not change the balance, but it is distributed over the parts again (int_laid_events).
due_dates_changed as (

    select
        'due_date_changed' as event_type,
        'invoice' as item_type,
        invoices.invoice_id as item_id,
        invoices.company_id,
        invoices.customer_id,
        invoices.currency_code,
        invoices.due_date,
        due_dates.in_force_from as effective_date,
        max(due_dates.recorded_at) as recorded_at,
        cast(0 as decimal(18, 4)) as amount,
        false as is_credit_sale,
        'invoices' as source_table,
        invoices.invoice_id as source_id
    from due_dates
    inner join invoices on due_dates.invoice_id = invoices.invoice_id
    where due_dates.in_force_from > invoices.invoice_date
    group by
        invoices.invoice_id,
        invoices.company_id,
        invoices.customer_id,
        invoices.currency_code,
        invoices.due_date,
        due_dates.in_force_from

),

unioned as (

    select * from invoices_issued_and_voided
    union all
    select * from due_dates_changed
    union all
    select * from invoices_adjusted

)

select * from unioned

{{ config(materialized='replaced_view') }}

with

applications as (

    select * from {{ ref('stg_payments__applications') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

credit_items as (

    select * from {{ ref('int_credit_items') }}

),

-- An application whose invoice, receipt or memo is unknown waits in quarantine (int_missing_references).
joined as (

    select
        applications.application_id,
        applications.invoice_id,
        invoices.company_id as invoice_company_id,
        invoices.customer_id as invoice_customer_id,
        invoices.currency_code as invoice_currency_code,
        invoices.due_date as invoice_due_date,
        credit_items.item_type as source_type,
        credit_items.item_id as source_id,
        credit_items.company_id as source_company_id,
        credit_items.customer_id as source_customer_id,
        credit_items.currency_code as source_currency_code,
        applications.amount,
        applications.discount_amount,
        applications.source_amount,
        applications.rule,
        applications.instalment_id,
        greatest(applications.applied_date, invoices.invoice_date, credit_items.item_date) as effective_date,
        -- An application is undone when it is unapplied or its receipt or memo ends, whichever comes first.
        case
            when applications.unapplied_date is null then credit_items.ended_date
            when credit_items.ended_date < applications.unapplied_date then credit_items.ended_date
            else applications.unapplied_date
        end as undone_date,
        applications.recorded_at,
        case
            when applications.unapplied_date is null then credit_items.recorded_at
            when credit_items.ended_date < applications.unapplied_date then credit_items.recorded_at
            else applications.recorded_at
        end as undone_recorded_at
    from applications
    inner join invoices on applications.invoice_id = invoices.invoice_id
    inner join credit_items
        on
            coalesce(applications.receipt_id, applications.credit_memo_id) = credit_items.item_id
            and case when applications.receipt_id is null then 'credit_memo' else 'receipt' end = credit_items.item_type

),

-- An application that was undone before it took effect does both on the same day, so that they cancel out.
final as (

    select
        application_id,
        invoice_id,
        invoice_company_id,
        invoice_customer_id,
        invoice_currency_code,
        invoice_due_date,
        source_type,
        source_id,
        source_company_id,
        source_customer_id,
        source_currency_code,
        amount,
        discount_amount,
        source_amount,
        rule,
        instalment_id,
        effective_date,
        case when undone_date < effective_date then effective_date else undone_date end as undone_date,
        recorded_at,
        undone_recorded_at
    from joined

)

select * from final

{{ config(materialized='incremental', unique_key='invoice_id') }}

with

instalments as (

    select * from {{ ref('stg_ar__instalments') }}
    where {{ this_run(ref('int_documents_this_run'), 'invoice_id') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

-- The due dates in force on the as-of day, for instalments with several versions.
due_dates as (

    select * from {{ ref('int_due_dates') }}
    where
        in_force_from <= {{ as_of_date() }}
        and (in_force_until is null or in_force_until > {{ as_of_date() }})

),

totalled as (

    select
        invoice_id,
        sum(amount) as instalments_amount
    from instalments
    group by invoice_id

),

-- Instalments that do not add up to their invoice wait in quarantine; the invoice is then one item with its own due
-- date.
matching as (

    select invoices.invoice_id
    from invoices
    inner join totalled on invoices.invoice_id = totalled.invoice_id
    where invoices.amount = totalled.instalments_amount

),

final as (

    select
        instalments.instalment_id,
        instalments.invoice_id,
        case when due_dates.record_id is null then instalments.due_date else due_dates.due_date end as due_date,
        instalments.amount
    from instalments
    inner join matching on instalments.invoice_id = matching.invoice_id
    left join due_dates on instalments.instalment_id = due_dates.instalment_id

)

select * from final

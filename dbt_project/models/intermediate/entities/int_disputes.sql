{{ config(materialized='replaced_view') }}

with

disputes as (

    select * from {{ ref('stg_ar__disputes') }}
    where opened_date <= {{ as_of_date() }}

),

-- An invoice dated after the as-of day does not exist yet, nor do its disputes.
invoices as (

    select * from {{ ref('int_invoices') }}
    where invoice_date <= {{ as_of_date() }}

),

-- A dispute is not closed before it is opened; if it was closed after the as-of day, it was still open on it. A dispute
-- of an unknown invoice waits in quarantine (int_missing_references).
final as (

    select
        disputes.dispute_id,
        disputes.invoice_id,
        invoices.company_id,
        invoices.segment,
        invoices.customer_id,
        invoices.currency_code,
        disputes.opened_date,
        case
            when disputes.closed_date <= {{ as_of_date() }} then greatest(disputes.closed_date, disputes.opened_date)
        end as closed_date,
        disputes.amount,
        disputes.reason_code,
        case when disputes.closed_date <= {{ as_of_date() }} then disputes.resolution end as resolution
    from disputes
    inner join invoices on disputes.invoice_id = invoices.invoice_id

)

select * from final

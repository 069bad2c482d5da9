with

disputes as (

    select * from {{ ref('stg_ar__disputes') }}
    where opened_date <= {{ as_of_date() }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

-- A dispute closed after the as-of day was still open on it.
dated as (

    select
        disputes.dispute_id,
        disputes.invoice_id,
        invoices.company_id,
        invoices.customer_id,
        disputes.opened_date,
        case when disputes.closed_date <= {{ as_of_date() }} then disputes.closed_date end as closed_date,
        disputes.reason_code,
        invoices.currency_code,
        disputes.amount,
        case when disputes.closed_date <= {{ as_of_date() }} then disputes.resolution end as resolution
    from disputes
    inner join invoices on disputes.invoice_id = invoices.invoice_id

),

final as (

    select
        dispute_id,
        invoice_id,
        company_id,
        customer_id,
        opened_date,
        closed_date,
        reason_code,
        currency_code,
        amount,
        resolution,
        cast({{ dbt.datediff('opened_date', 'coalesce(closed_date, ' ~ as_of_date() ~ ')', 'day') }} as integer)
            as days_open
    from dated

)

select * from final

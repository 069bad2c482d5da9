with

laid_invoices as (

    select * from {{ ref('int_laid_invoices') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

instalments as (

    select * from {{ ref('int_instalments') }}

),

-- An invoice that isn't paid by instalments is one part.
whole as (

    select
        invoices.invoice_id,
        cast(null as string) as instalment_id,
        invoices.due_date,
        invoices.amount,
        cast(0 as decimal(18, 4)) as lower_bound,
        invoices.amount as invoice_amount,
        true as is_last
    from invoices
    inner join laid_invoices on invoices.invoice_id = laid_invoices.invoice_id
    left join instalments on invoices.invoice_id = instalments.invoice_id
    where instalments.invoice_id is null

),

unioned as (

    select
        instalments.invoice_id,
        instalments.instalment_id,
        instalments.due_date,
        instalments.amount,
        instalments.lower_bound,
        invoices.amount as invoice_amount,
        instalments.is_last
    from instalments
    inner join invoices on instalments.invoice_id = invoices.invoice_id
    union all
    select * from whole

)

select * from unioned

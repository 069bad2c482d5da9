{{ config(materialized='view') }}

with

promises as (

    select * from {{ ref('int_promises_matured') }}

),

cash_units as (

    select * from {{ ref('int_cash_units') }}

),

-- A promise that names an invoice waits for cash of that invoice, whoever paid it; another for cash of its payer.
named_invoices as (

    select
        invoice_id,
        currency_code
    from promises
    where invoice_id is not null
    group by
        invoice_id,
        currency_code

),

general_payers as (

    select
        customer_id,
        currency_code
    from promises
    where invoice_id is null
    group by
        customer_id,
        currency_code

),

final as (

    select
        cash_units.invoice_id,
        cash_units.currency_code,
        cash_units.customer_id
    from cash_units
    inner join named_invoices
        on
            cash_units.invoice_id = named_invoices.invoice_id
            and cash_units.currency_code = named_invoices.currency_code
    inner join general_payers
        on
            cash_units.customer_id = general_payers.customer_id
            and cash_units.currency_code = general_payers.currency_code
    group by
        cash_units.invoice_id,
        cash_units.currency_code,
        cash_units.customer_id

)

select * from final

{{ config(materialized='view') }}

with

placements as (

    select * from {{ ref('stg_collections__placements') }}

),

invoices as (

    select
        invoice_id,
        customer_id
    from {{ ref('int_invoices') }}

),

-- One whose invoice isn't known waits in quarantine (int_missing_references_collections).
final as (

    select
        placements.placement_id,
        placements.invoice_id,
        invoices.customer_id,
        placements.placed_date,
        coalesce(placements.recalled_date, cast('9999-12-31' as date)) as recalled_date
    from placements
    inner join invoices on placements.invoice_id = invoices.invoice_id

)

select * from final

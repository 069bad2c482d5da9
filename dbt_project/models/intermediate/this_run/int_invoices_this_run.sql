{{ config(materialized='replaced_view') }}

with

items as (

    select * from {{ ref('int_items_this_run') }}
    where invoice_id is not null

),

balances as (

    select * from {{ ref('int_invoice_balances') }}
    where open_balance <> 0

),

-- In all versions, because an earlier version may belong to another invoice.
landed_disputes as (

    select * from {{ source('ar', 'disputes') }}
    where invoice_id is not null

),

final as (

    select invoice_id from items
    union distinct
    select invoice_id from balances
    union distinct
    select invoice_id from landed_disputes

)

select * from final

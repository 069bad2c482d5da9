-- A view: the ledger is stored once (int_ledger), and the publication copies what this shows.
{{ config(materialized='view') }}

with

ledger as (

    select * from {{ ref('int_ledger') }}

),

final as (

    select
        event_id,
        event_type,
        effective_date,
        recorded_at,
        company_id,
        customer_id,
        item_type,
        item_id,
        instalment_id,
        due_date,
        currency_code,
        amount,
        is_credit_sale,
        source_table,
        source_id
    from ledger

)

select * from final

{{ config(materialized='incremental', unique_key=['item_type', 'item_id']) }}

with

ledger as (

    select * from {{ ref('int_ledger') }}
    where {{ this_run(ref('int_items_this_run'), ['item_type', 'item_id']) }}

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

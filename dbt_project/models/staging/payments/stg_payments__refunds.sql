{{ config(materialized='incremental', unique_key='refund_id') }}

with

source as (

    select * from {{ source('payments', 'refunds') }}

),

latest as (

    {{ latest_versions('source', ['refund_id']) }}

),

renamed as (

    select
        refund_id,
        receipt_id,
        credit_memo_id,
        refund_date,
        amount,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

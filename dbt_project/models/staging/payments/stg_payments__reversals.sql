{{ config(materialized='incremental', unique_key='reversal_id') }}

with

source as (

    select * from {{ source('payments', 'reversals') }}

),

latest as (

    {{ latest_versions('source', ['reversal_id']) }}

),

renamed as (

    select
        reversal_id,
        receipt_id,
        reversal_date,
        amount,
        reason,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

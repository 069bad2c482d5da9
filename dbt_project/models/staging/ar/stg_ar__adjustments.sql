{{ config(materialized='incremental', unique_key='adjustment_id') }}

with

source as (

    select * from {{ source('ar', 'adjustments') }}

),

latest as (

    {{ latest_versions('source', ['adjustment_id']) }}

),

renamed as (

    select
        adjustment_id,
        invoice_id,
        adjustment_date,
        adjustment_type,
        amount,
        reason_code,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

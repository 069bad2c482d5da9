{{ config(materialized='incremental', unique_key='instalment_id') }}

with

source as (

    select * from {{ source('ar', 'instalments') }}

),

latest as (

    {{ latest_versions('source', ['instalment_id']) }}

),

renamed as (

    select
        instalment_id,
        invoice_id,
        due_date,
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

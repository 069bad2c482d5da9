with

source as (

    select * from {{ source('ar', 'disputes') }}

),

latest as (

    {{ latest_versions('source', ['dispute_id']) }}

),

renamed as (

    select
        dispute_id,
        invoice_id,
        opened_date,
        closed_date,
        reason_code,
        amount,
        resolution,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

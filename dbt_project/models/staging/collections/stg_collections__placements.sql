with

source as (

    select * from {{ source('collections', 'placements') }}

),

latest as (

    {{ latest_versions('source', ['placement_id']) }}

),

renamed as (

    select
        placement_id,
        invoice_id,
        agency_name,
        placed_date,
        recalled_date,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

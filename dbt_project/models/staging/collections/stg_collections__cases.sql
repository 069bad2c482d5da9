with

source as (

    select * from {{ source('collections', 'cases') }}

),

latest as (

    {{ latest_versions('source', ['case_id']) }}

),

renamed as (

    select
        case_id,
        customer_id,
        case_type,
        opened_at,
        closed_at,
        reopened_at,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

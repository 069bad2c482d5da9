with

source as (

    select * from {{ source('collections', 'contact_preferences') }}

),

latest as (

    {{ latest_versions('source', ['customer_id', 'channel', 'received_at']) }}

),

renamed as (

    select
        customer_id,
        channel,
        received_at,
        preference,
        expires_at,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

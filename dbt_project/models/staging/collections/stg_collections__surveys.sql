with

source as (

    select * from {{ source('collections', 'surveys') }}

),

latest as (

    {{ latest_versions('source', ['survey_id']) }}

),

renamed as (

    select
        survey_id,
        customer_id,
        case_id,
        sent_at,
        responded_at,
        score,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

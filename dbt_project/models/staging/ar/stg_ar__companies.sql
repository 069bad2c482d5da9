with

source as (

    select * from {{ source('ar', 'companies') }}

),

latest as (

    {{ latest_versions('source', ['company_id']) }}

),

renamed as (

    select
        company_id,
        company_name,
        currency_code,
        country_code,
        timezone,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

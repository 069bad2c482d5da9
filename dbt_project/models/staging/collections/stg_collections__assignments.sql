with

source as (

    select * from {{ source('collections', 'assignments') }}

),

latest as (

    {{ latest_versions('source', ['customer_id', 'employee_id', 'valid_from']) }}

),

renamed as (

    select
        customer_id,
        employee_id,
        valid_from,
        valid_to,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

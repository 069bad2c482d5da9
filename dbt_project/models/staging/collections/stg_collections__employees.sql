with

source as (

    select * from {{ source('collections', 'employees') }}

),

latest as (

    {{ latest_versions('source', ['employee_id', 'valid_from']) }}

),

renamed as (

    select
        employee_id,
        valid_from,
        valid_to,
        employee_name,
        company_id,
        team,
        role,
        manager_id,
        fte,
        coalesce(process_share, cast(1 as decimal(9, 4))) as process_share,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

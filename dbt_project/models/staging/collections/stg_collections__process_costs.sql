with

source as (

    select * from {{ source('collections', 'process_costs') }}

),

latest as (

    {{ latest_versions('source', ['company_id', 'month', 'cost_type']) }}

),

renamed as (

    select
        company_id,
        month,
        cost_type,
        currency_code,
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

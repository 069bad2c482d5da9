with

source as (

    select * from {{ source('payments', 'exchange_rates') }}

),

latest as (

    {{ latest_versions('source', ['rate_date', 'from_currency', 'to_currency']) }}

),

renamed as (

    select
        rate_date,
        from_currency,
        to_currency,
        rate,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

with

source as (

    select * from {{ source('ar', 'control_balances') }}

),

latest as (

    {{ latest_versions('source', ['company_id', 'currency_code', 'balance_date']) }}

),

renamed as (

    select
        company_id,
        currency_code,
        balance_date,
        balance,
        base_balance,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

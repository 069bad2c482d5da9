with

source as (

    select * from {{ source('ar', 'customers') }}

),

latest as (

    {{ latest_versions('source', ['customer_id']) }}

),

renamed as (

    select
        customer_id,
        customer_name,
        parent_customer_id,
        segment,
        industry,
        country_code,
        region,
        currency_code,
        payment_terms_days,
        credit_limit,
        risk_class,
        timezones,
        is_consumer,
        email,
        phone,
        address,
        created_date,
        closed_date,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

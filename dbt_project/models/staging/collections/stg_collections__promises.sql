with

source as (

    select * from {{ source('collections', 'promises') }}

),

latest as (

    {{ latest_versions('source', ['promise_id']) }}

),

renamed as (

    select
        promise_id,
        customer_id,
        invoice_id,
        activity_id,
        employee_id,
        made_date,
        due_date,
        amount,
        currency_code,
        cancelled_date,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

{{ config(materialized='incremental', unique_key='application_id') }}

with

source as (

    select * from {{ source('payments', 'applications') }}

),

latest as (

    {{ latest_versions('source', ['application_id']) }}

),

renamed as (

    select
        application_id,
        receipt_id,
        credit_memo_id,
        invoice_id,
        applied_date,
        amount,
        coalesce(discount_amount, cast(0 as decimal(18, 4))) as discount_amount,
        coalesce(source_amount, amount) as source_amount,
        unapplied_date,
        rule,
        instalment_id,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

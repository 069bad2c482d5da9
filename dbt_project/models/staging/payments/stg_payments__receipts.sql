{{ config(materialized='incremental', unique_key='receipt_id') }}

with

source as (

    select * from {{ source('payments', 'receipts') }}

),

latest as (

    {{ latest_versions('source', ['receipt_id']) }}

),

renamed as (

    select
        receipt_id,
        company_id,
        coalesce(customer_id, 'unidentified') as customer_id,
        receipt_date,
        currency_code,
        amount,
        payment_method,
        reference,
        reversed_date,
        reversal_reason,
        exchange_rate,
        source_open_amount,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row,
        extra_columns
    from latest

)

select * from renamed

{{ config(materialized='incremental', unique_key='credit_memo_id') }}

with

source as (

    select * from {{ source('ar', 'credit_memos') }}

),

latest as (

    {{ latest_versions('source', ['credit_memo_id']) }}

),

renamed as (

    select
        credit_memo_id,
        company_id,
        customer_id,
        invoice_id,
        coalesce(memo_type, 'credit_memo') as memo_type,
        credit_memo_date,
        currency_code,
        amount,
        reason_code,
        voided_date,
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

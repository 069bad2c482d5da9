{{ config(materialized='incremental', unique_key='activity_id') }}

with

source as (

    select * from {{ source('collections', 'activities') }}

),

latest as (

    {{ latest_versions('source', ['activity_id']) }}

),

renamed as (

    select
        activity_id,
        occurred_at,
        customer_id,
        employee_id,
        invoice_id,
        case_id,
        channel,
        direction,
        outcome,
        is_conversation,
        duration_seconds,
        notice_type,
        has_opt_out_text,
        updated_at,
        coalesce(recorded_at, loaded_at) as recorded_at,
        load_id,
        loaded_at,
        source_file,
        source_row
    from latest

)

select * from renamed

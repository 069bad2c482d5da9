{{ config(materialized='incremental', unique_key='invoice_id') }}

with

source as (

    select * from {{ source('ar', 'invoices') }}

),

latest as (

    {{ latest_versions('source', ['invoice_id']) }}

),

renamed as (

    select
        invoice_id,
        company_id,
        customer_id,
        invoice_number,
        coalesce(invoice_type, 'invoice') as invoice_type,
        invoice_date,
        due_date,
        currency_code,
        amount,
        tax_amount,
        coalesce(is_credit_sale, true) as is_credit_sale,
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

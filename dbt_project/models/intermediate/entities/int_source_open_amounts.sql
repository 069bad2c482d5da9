{{ config(materialized='replaced_view') }}

with

invoices as (

    select * from {{ ref('stg_ar__invoices') }}

),

credit_memos as (

    select * from {{ ref('stg_ar__credit_memos') }}

),

receipts as (

    select * from {{ ref('stg_payments__receipts') }}

),

stacked as (

    select
        'invoice' as document_type,
        invoice_id as document_id,
        company_id,
        customer_id,
        currency_code,
        invoice_date as document_date,
        source_open_amount,
        recorded_at
    from invoices
    union all
    select
        'credit_memo' as document_type,
        credit_memo_id as document_id,
        company_id,
        customer_id,
        currency_code,
        credit_memo_date as document_date,
        source_open_amount,
        recorded_at
    from credit_memos
    union all
    select
        'receipt' as document_type,
        receipt_id as document_id,
        company_id,
        customer_id,
        currency_code,
        receipt_date as document_date,
        source_open_amount,
        recorded_at
    from receipts

),

final as (

    select
        document_type,
        document_id,
        company_id,
        customer_id,
        currency_code,
        source_open_amount,
        recorded_at
    from stacked
    where
        source_open_amount is not null
        and document_date <= {{ as_of_date() }}

)

select * from final

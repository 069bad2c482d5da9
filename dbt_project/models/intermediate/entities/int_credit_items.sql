{{ config(materialized='incremental', unique_key=['item_type', 'item_id']) }}

with

receipts as (

    select * from {{ ref('stg_payments__receipts') }}

),

credit_memos as (

    select * from {{ ref('stg_ar__credit_memos') }}

),

companies as (

    select * from {{ ref('int_companies') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

-- Receipts and credit memos are the same kind of open item here: they reduce a debt when they are applied.
stacked as (

    select
        'receipt' as item_type,
        cast(null as string) as memo_type,
        receipt_id as item_id,
        company_id,
        customer_id,
        currency_code,
        receipt_date as item_date,
        amount,
        reversed_date as ended_date,
        recorded_at
    from receipts
    union all
    select
        'credit_memo' as item_type,
        memo_type,
        credit_memo_id as item_id,
        company_id,
        customer_id,
        currency_code,
        credit_memo_date as item_date,
        amount,
        voided_date as ended_date,
        recorded_at
    from credit_memos

),

-- A receipt or memo of an unknown company or customer waits in quarantine (int_missing_references).
usable as (

    select
        stacked.item_type,
        stacked.memo_type,
        stacked.item_id,
        stacked.company_id,
        stacked.customer_id,
        stacked.currency_code,
        stacked.item_date,
        stacked.amount,
        case
            when stacked.ended_date >= stacked.item_date then stacked.ended_date
            when stacked.ended_date < stacked.item_date then stacked.item_date
        end as ended_date,
        stacked.recorded_at
    from stacked
    inner join companies on stacked.company_id = companies.company_id
    inner join customers on stacked.customer_id = customers.customer_id
    where {{ this_run(ref('int_documents_this_run'), ['item_type', 'item_id']) }}

)

select * from usable

{{ config(materialized='view') }}

with

credit_items as (

    select * from {{ ref('int_credit_items') }}

),

refunds as (

    select * from {{ ref('stg_payments__refunds') }}

),

-- A credit memo takes back a sale; a receipt doesn't.
credits_issued_and_ended as (

    select
        case when item_type = 'receipt' then 'receipt_received' else 'credit_memo_issued' end as event_type,
        item_type,
        item_id,
        company_id,
        customer_id,
        currency_code,
        cast(null as date) as due_date,
        item_date as effective_date,
        recorded_at,
        -amount as amount,
        item_type = 'credit_memo' as is_credit_sale,
        item_type || 's' as source_table,
        item_id as source_id
    from credit_items
    union all
    select
        case when item_type = 'receipt' then 'receipt_reversed' else 'credit_memo_voided' end as event_type,
        item_type,
        item_id,
        company_id,
        customer_id,
        currency_code,
        cast(null as date) as due_date,
        ended_date as effective_date,
        recorded_at,
        amount,
        item_type = 'credit_memo' as is_credit_sale,
        item_type || 's' as source_table,
        item_id as source_id
    from credit_items
    where ended_date is not null

),

credits_refunded as (

    select
        'refund_paid' as event_type,
        credit_items.item_type,
        credit_items.item_id,
        credit_items.company_id,
        credit_items.customer_id,
        credit_items.currency_code,
        cast(null as date) as due_date,
        greatest(refunds.refund_date, credit_items.item_date) as effective_date,
        refunds.recorded_at,
        refunds.amount,
        false as is_credit_sale,
        'refunds' as source_table,
        refunds.refund_id as source_id
    from refunds
    inner join credit_items
        on
            coalesce(refunds.receipt_id, refunds.credit_memo_id) = credit_items.item_id
            and case when refunds.receipt_id is null then 'credit_memo' else 'receipt' end = credit_items.item_type

),

unioned as (

    select * from credits_issued_and_ended
    union all
    select * from credits_refunded

)

select * from unioned

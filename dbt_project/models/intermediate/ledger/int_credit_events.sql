{{ config(materialized='view') }}

with

credit_items as (

    select * from {{ ref('int_credit_items') }}

),

refunds as (

    select * from {{ ref('int_refunds') }}

),

refunded as (

    select
        item_type,
        item_id,
        sum(amount) as amount
    from refunds
    group by
        item_type,
        item_id

),

-- What is reversed or voided is what was not paid out before: nothing is after.
ended as (

    select
        credit_items.*,
        cast(credit_items.amount - coalesce(refunded.amount, 0) as decimal(18, 4)) as ended_amount
    from credit_items
    left join refunded
        on
            credit_items.item_type = refunded.item_type
            and credit_items.item_id = refunded.item_id
    where credit_items.ended_date is not null

),

-- A credit memo takes back a sale; a receipt doesn't, nor does a credit taken over from an old system.
credits_issued_and_ended as (

    select
        case
            when item_type = 'receipt' then 'receipt_received'
            when memo_type = 'opening_credit' then 'opening_credit_taken_over'
            else 'credit_memo_issued'
        end as event_type,
        item_type,
        item_id,
        company_id,
        customer_id,
        currency_code,
        cast(null as date) as due_date,
        item_date as effective_date,
        recorded_at,
        -amount as amount,
        coalesce(memo_type = 'credit_memo', false) as is_credit_sale,
        item_type || 's' as source_table,
        item_id as source_id
    from credit_items
    union all
    select
        case
            when item_type = 'receipt' then 'receipt_reversed'
            when memo_type = 'opening_credit' then 'opening_credit_voided'
            else 'credit_memo_voided'
        end as event_type,
        item_type,
        item_id,
        company_id,
        customer_id,
        currency_code,
        cast(null as date) as due_date,
        ended_date as effective_date,
        recorded_at,
        ended_amount as amount,
        coalesce(memo_type = 'credit_memo', false) as is_credit_sale,
        item_type || 's' as source_table,
        item_id as source_id
    from ended
    where ended_amount <> 0

),

credits_refunded as (

    select
        'refund_paid' as event_type,
        item_type,
        item_id,
        company_id,
        customer_id,
        currency_code,
        cast(null as date) as due_date,
        effective_date,
        recorded_at,
        amount,
        false as is_credit_sale,
        'refunds' as source_table,
        refund_id as source_id
    from refunds

),

unioned as (

    select * from credits_issued_and_ended
    union all
    select * from credits_refunded

)

select * from unioned

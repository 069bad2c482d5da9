{{ config(materialized='replaced_view') }}

with

landed as (

    select
        'refunds' as table_name,
        refund_id as use_id,
        case when receipt_id is null then 'credit_memo' else 'receipt' end as item_type,
        coalesce(receipt_id, credit_memo_id) as item_id,
        refund_date as landed_date,
        amount,
        recorded_at
    from {{ ref('stg_payments__refunds') }}
    union all
    select
        'reversals' as table_name,
        reversal_id as use_id,
        'receipt' as item_type,
        receipt_id as item_id,
        reversal_date as landed_date,
        amount,
        recorded_at
    from {{ ref('stg_payments__reversals') }}

),

credit_items as (

    select * from {{ ref('int_credit_items') }}

),

-- A refund or reversal of an unknown receipt or memo waits in quarantine (int_missing_references).
final as (

    select
        landed.table_name,
        landed.use_id,
        credit_items.item_type,
        credit_items.item_id,
        credit_items.company_id,
        credit_items.customer_id,
        credit_items.currency_code,
        greatest(landed.landed_date, credit_items.item_date) as effective_date,
        landed.amount,
        landed.recorded_at
    from landed
    inner join credit_items
        on
            landed.item_type = credit_items.item_type
            and landed.item_id = credit_items.item_id

)

select * from final

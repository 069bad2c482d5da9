{{ config(materialized='view') }}

with

refunds as (

    select
        *,
        case when receipt_id is null then 'credit_memo' else 'receipt' end as item_type,
        coalesce(receipt_id, credit_memo_id) as item_id
    from {{ ref('stg_payments__refunds') }}

),

credit_items as (

    select * from {{ ref('int_credit_items') }}

),

-- A refund of an unknown receipt or memo waits in quarantine (int_missing_references_payments).
final as (

    select
        refunds.refund_id,
        credit_items.item_type,
        credit_items.item_id,
        credit_items.company_id,
        credit_items.customer_id,
        credit_items.currency_code,
        greatest(refunds.refund_date, credit_items.item_date) as effective_date,
        refunds.amount,
        refunds.recorded_at
    from refunds
    inner join credit_items
        on
            refunds.item_type = credit_items.item_type
            and refunds.item_id = credit_items.item_id

)

select * from final

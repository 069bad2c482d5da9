{{ config(materialized='view') }}

with

reversals as (

    select * from {{ ref('stg_payments__reversals') }}

),

credit_items as (

    select * from {{ ref('int_credit_items') }}

),

-- A reversal of an unknown receipt waits in quarantine (int_missing_references_payments).
final as (

    select
        reversals.reversal_id,
        credit_items.item_type,
        credit_items.item_id,
        credit_items.company_id,
        credit_items.customer_id,
        credit_items.currency_code,
        greatest(reversals.reversal_date, credit_items.item_date) as effective_date,
        reversals.amount,
        reversals.recorded_at
    from reversals
    inner join credit_items
        on
            reversals.receipt_id = credit_items.item_id
            and credit_items.item_type = 'receipt'

)

select * from final
